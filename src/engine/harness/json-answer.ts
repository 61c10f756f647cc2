import type { AgentEvent } from "./harness.ts";

/** Models put a fence around their JSON against all advice. */
const FENCE = /^```[a-z]*\s*\n([\s\S]*?)\n\s*```$/i;

/**
 * The end of a run that was asked for JSON: its output is bare JSON, as clients parse it without
 * another look (box-api §3.5), or the run has failed. Whether it fits the schema is the client's to say.
 */
export function jsonAnswer(end: AgentEvent): AgentEvent {
  if (end.name !== "done") return end;
  const text = String(end.data.output).trim();
  const output = FENCE.exec(text)?.[1] ?? text;
  try {
    JSON.parse(output);
  } catch {
    const error = "The agent's answer is not JSON, as json_schema asks for; say so in the prompt.";
    return { name: "error", data: { error } };
  }
  return { name: "done", data: { ...end.data, output } };
}
