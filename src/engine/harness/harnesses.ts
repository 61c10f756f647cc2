import { claudeCode } from "./claude-code.ts";
import { codex } from "./codex.ts";
import type { Harness } from "./harness.ts";
import { openCode } from "./opencode.ts";

/** The agent programs that the engine drives, by the agent's name. */
export const HARNESSES: ReadonlyMap<string, Harness> = new Map(
  [claudeCode, codex, openCode].map((harness) => [harness.name, harness]),
);
