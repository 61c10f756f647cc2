import { Agent } from "./agent-name.ts";

/** The providers that have an agent program of their own; gateways name them in the second place. */
const PROGRAMS = new Map<string | undefined, Agent>([
  ["openai", Agent.Codex],
  ["opencode", Agent.OpenCode],
  ["cursor", Agent.Cursor],
]);

/**
 * The agent program that a model is for, by its name.
 *
 * @example
 * inferDefaultProvider("openai/gpt-5.4"); // "codex"
 */
export function inferDefaultProvider(model: string): Agent {
  const [provider, upstream] = model.split("/");
  const named = provider === "vercel" ? upstream : provider;
  return PROGRAMS.get(named) ?? Agent.ClaudeCode;
}
