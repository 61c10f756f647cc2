/** What an agent program of one's own is asked to do. */
export interface CustomHarnessContext {
  prompt: string;
  /** The box's model, or that of the schedule. */
  model: string;
  /** The `sessionId` that the last run in this box ended with, if any. */
  sessionId?: string | undefined;
  /** Whether the run is read while it goes on. */
  stream: boolean;
  /** All arguments as they came. */
  args: string[];
}

/** How a run of it ended. */
export interface CustomHarnessDone {
  /** The final answer; JSON when a schema was asked for. */
  output: string;
  inputTokens?: number | undefined;
  outputTokens?: number | undefined;
  cachedInputTokens?: number | undefined;
  totalCostUsd?: number | undefined;
  /** Handed to the next run in this box, to go on with the conversation. */
  sessionId?: string | undefined;
}

/** What it tells while it works. */
export interface CustomHarnessEmitter {
  text(text: string): void;
  reasoning(text: string): void;
  tool(tool: {
    name: string;
    input?: Record<string, unknown> | undefined;
    toolCallId?: string | undefined;
  }): void;
  toolResult(result: { output: unknown; toolCallId?: string | undefined }): void;
  /** Ends the run well; nothing that comes after it is sent. */
  done(result: CustomHarnessDone): void;
  /** Ends the run as failed; nothing that comes after it is sent. */
  error(error: Error | string, spent?: Partial<Omit<CustomHarnessDone, "output">>): void;
  /** An event of another name, which readers get as `unknown`. */
  emit(event: string, data: unknown): void;
}

/** The work of an agent program: what it returns ends the run well, what it throws fails it. */
export type CustomHarnessHandler = (
  context: CustomHarnessContext,
  emit: CustomHarnessEmitter,
  // biome-ignore lint/suspicious/noConfusingVoidType: functions that return nothing are meant.
) => Promise<CustomHarnessDone | string | void> | CustomHarnessDone | string | void;
