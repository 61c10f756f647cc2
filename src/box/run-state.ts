import type { BoxContext } from "./box-context.ts";
import { cancelRun } from "./cancel-run.ts";
import type { CallOptions } from "./options.ts";
import { OutputTail } from "./output-tail.ts";
import { readList } from "./read-list.ts";
import type { LogEntry, RunStatus } from "./wire.ts";

/** What a run has used. */
export interface RunCost {
  /** Tokens the model read; 0 for a command. */
  inputTokens: number;
  /** Tokens the model wrote; 0 for a command. */
  outputTokens: number;
  /** Of `inputTokens`, those that came from the provider's cache, when it says so. */
  cachedInputTokens?: number | undefined;
  /** Processor time in ms as the box reports it; elapsed time when it reports none. */
  computeMs: number;
  /** What the model cost, in US dollars; 0 when the service reports none. */
  totalUsd: number;
}

/** The facts about one run, which the code that carries it out writes and {@link Run} shows. */
export interface RunState<Result> {
  id: string;
  status: RunStatus;
  exitCode: number | undefined;
  cost: RunCost;
  stdout: OutputTail;
  stderr: OutputTail;
  result: () => Result;
  /** Asks the service to stop the run with this id. */
  cancelRemote: (id: string, options?: CallOptions) => Promise<void>;
  /** Milliseconds since 1970. */
  startedAt: number;
  /** All that the box's log has. */
  readLog: (options: CallOptions) => Promise<LogEntry[]>;
}

/** A run that has just begun, under an id of the SDK's own. */
export function newRunState<Result>(
  { client, id, path }: BoxContext,
  outputLimit: number,
  result: (state: RunState<Result>) => Result,
): RunState<Result> {
  const state: RunState<Result> = {
    id: crypto.randomUUID(),
    status: "running",
    exitCode: undefined,
    cost: { inputTokens: 0, outputTokens: 0, computeMs: 0, totalUsd: 0 },
    stdout: new OutputTail(outputLimit),
    stderr: new OutputTail(outputLimit),
    result: () => result(state),
    cancelRemote: (runId, options = {}) => cancelRun(client, id, runId, options),
    startedAt: Date.now(),
    readLog: async (options) =>
      readList((await client.json("GET", `${path}/logs`, options)).value, "logs"),
  };
  return state;
}
