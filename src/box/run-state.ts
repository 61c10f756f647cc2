import { OutputTail } from "./output-tail.ts";
import type { RunStatus } from "./wire.ts";

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
  cancelRemote: (id: string) => Promise<void>;
}

/** A run that has just begun. */
export function newRunState<Result>(
  init: Pick<RunState<Result>, "id" | "cancelRemote"> & { outputLimit: number },
  result: (state: RunState<Result>) => Result,
): RunState<Result> {
  const state: RunState<Result> = {
    id: init.id,
    status: "running",
    exitCode: undefined,
    cost: { inputTokens: 0, outputTokens: 0, computeMs: 0, totalUsd: 0 },
    stdout: new OutputTail(init.outputLimit),
    stderr: new OutputTail(init.outputLimit),
    result: () => result(state),
    cancelRemote: init.cancelRemote,
  };
  return state;
}
