import type { AgentRequest } from "./harness.ts";

/** Outside of the work folder: what goes with a prompt is not to be committed. */
const ATTACHMENTS = "/tmp/attachments";

/**
 * Where the files of a run lie in the box; each in a folder of its own, since two may have one name.
 */
export function attachmentPaths(request: AgentRequest, runId: string): string[] {
  return (request.files ?? []).map(
    ({ name }, index) => `${ATTACHMENTS}/${runId}/${index + 1}/${name}`,
  );
}

/**
 * What the agent reads: the prompt, where its files are, and the shape that its answer is to have.
 * @param options.saySchema false for a program that sees to it by itself
 */
export function promptText(
  request: AgentRequest,
  paths: readonly string[],
  { saySchema }: { saySchema: boolean },
): string {
  const parts = [request.prompt];
  if (paths.length > 0) {
    parts.push(`Files that go with this:\n${paths.map((path) => `- ${path}`).join("\n")}`);
  }
  if (request.json_schema !== undefined && saySchema) {
    parts.push(
      `Your last answer must be JSON of this JSON schema, and nothing else, without a code fence:\n${JSON.stringify(request.json_schema)}`,
    );
  }
  return parts.join("\n\n");
}

/** What an agent is told whose answer does not fit. */
export function repairText(problem: string): string {
  return `Your last answer does not fit the JSON schema that it must have: ${problem}.\n\nAnswer again with JSON that fits, and nothing else, without a code fence.`;
}
