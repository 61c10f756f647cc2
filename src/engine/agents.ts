/** The agents that a box can be configured with. */
export const AGENTS: readonly string[] = ["claude-code", "codex", "opencode", "cursor", "custom"];

/** Clients of 0.1 send a model and no agent; the model's name says which one is meant (box-api §3.1.1). */
export function inferAgent(model: string): string {
  if (model === "custom") return "custom";
  if (model.startsWith("opencode/")) return "opencode";
  if (model.startsWith("openai/")) return "codex";
  return "claude-code";
}
