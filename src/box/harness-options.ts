/** Settings of Claude Code. */
export interface ClaudeCodeAgentOptions {
  /** The most turns of the conversation. */
  maxTurns?: number | undefined;
  /** The most that the run may cost, in US dollars. */
  maxBudgetUsd?: number | undefined;
  /** How hard the model thinks. */
  effort?: "low" | "medium" | "high" | "max" | undefined;
  thinking?:
    | { type: "adaptive" }
    | { type: "enabled"; budgetTokens: number }
    | { type: "disabled" }
    | undefined;
  /** Tools that it may not use. */
  disallowedTools?: string[] | undefined;
  /** Agents that it may hand work to, by name. */
  agents?: Record<string, unknown> | undefined;
  promptSuggestions?: boolean | undefined;
  /** The model to take when its own is overloaded. */
  fallbackModel?: string | undefined;
  systemPrompt?: string | Record<string, unknown> | undefined;
}

/** Settings of Codex. */
export interface CodexAgentOptions {
  modelReasoningEffort?: "none" | "minimal" | "low" | "medium" | "high" | "xhigh" | undefined;
  modelReasoningSummary?: "auto" | "concise" | "detailed" | "none" | undefined;
  personality?: "friendly" | "pragmatic" | "none" | undefined;
  webSearch?: "live" | boolean | undefined;
}

/** Settings of OpenCode. */
export interface OpenCodeAgentOptions {
  reasoningEffort?: "low" | "medium" | "high" | undefined;
  textVerbosity?: "low" | "medium" | "high" | undefined;
  reasoningSummary?: "auto" | "concise" | "detailed" | "none" | undefined;
  /** Of Anthropic's models. */
  thinking?: { type: "enabled"; budgetTokens: number } | undefined;
}

/** Settings of Cursor. */
export type CursorAgentOptions = Record<string, unknown>;

/** Settings of an agent program: those that are known, and any other. */
export type HarnessOptions =
  | ClaudeCodeAgentOptions
  | CodexAgentOptions
  | OpenCodeAgentOptions
  | Record<string, unknown>;
