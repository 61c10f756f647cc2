import type { CustomRunner } from "../box/wire.ts";

/** The agents that a box can be configured with. */
export const AGENTS: readonly string[] = ["claude-code", "codex", "opencode", "cursor", "custom"];

/** Clients of 0.1 send a model and no agent; the model's name says which one is meant (box-api §3.1.1). */
export function inferAgent(model: string): string {
  if (model === "custom") return "custom";
  if (model.startsWith("opencode/")) return "opencode";
  if (model.startsWith("openai/")) return "codex";
  return "claude-code";
}

/** @throws Error for a program in the place of what is no agent, or of the user's own */
export function requirePrograms(
  programs: Readonly<Record<string, CustomRunner>>,
): Readonly<Record<string, CustomRunner>> {
  const known = AGENTS.filter((name) => name !== "custom");
  for (const name of Object.keys(programs)) {
    if (known.includes(name)) continue;
    throw new Error(`There is no agent ${name} to give a program to; use ${known.join(", ")}.`);
  }
  return programs;
}
