/** The agent programs ("harnesses") that a box can run. */
export const Agent = {
  ClaudeCode: "claude-code",
  Codex: "codex",
  OpenCode: "opencode",
  Cursor: "cursor",
  /** A program of your own, see `customHarness`. */
  Custom: "custom",
} as const;
export type Agent = (typeof Agent)[keyof typeof Agent];
