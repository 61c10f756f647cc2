import type { RunCost } from "./run-state.ts";

/** How many tokens a run used. */
export interface AgentUsage {
  inputTokens: number;
  outputTokens: number;
  /** Of `inputTokens`, those from the provider's cache, when it says so. */
  cachedInputTokens?: number | undefined;
}

/**
 * One event of an agent run, in order. `finish` comes once, when the run went well; `stats` may come
 * after it.
 */
export type AgentChunk =
  /** The service has taken the run on, under this id. */
  | { type: "start"; runId: string }
  /** More of the agent's words. */
  | { type: "text-delta"; text: string }
  /** More of the model's thinking. */
  | { type: "reasoning"; text: string }
  /** The agent uses a tool. */
  | { type: "tool-call"; toolName: string; input: unknown; toolCallId?: string | undefined }
  /** What the tool answered; the id is that of its call. */
  | { type: "tool-result"; output: unknown; toolCallId?: string | undefined }
  /** The run is over. `result` is the final answer as text. */
  | {
      type: "finish";
      usage: AgentUsage;
      cost: RunCost;
      result: string;
      /** The same, by the original's name. */
      output: string;
      /** The harness's name for the conversation, when it keeps one. */
      sessionId?: string | undefined;
    }
  /** What the run used of the machine. */
  | { type: "stats"; cpuNs: number; memoryPeakBytes?: number | undefined }
  /** An event of a name, or with data, that this version does not know. */
  | { type: "unknown"; event: string; data: unknown };
