import { setTimeout as sleep } from "node:timers/promises";
import type { Box, RunRecord } from "../box/index.ts";
import type { JobPorts } from "./ports.ts";

const LOOK_EVERY_MS = 1_000;

/**
 * Finds a run that an earlier attempt had started in the box, and waits for its end.
 * @param limitMs counted from the run's start
 * @returns the run, which goes on still when it takes longer than that; null when there is none
 */
export async function findRun(
  box: Box,
  { signal, emit }: JobPorts,
  limitMs: number,
  isIt: (run: RunRecord) => boolean,
): Promise<RunRecord | null> {
  for (let looks = 0; ; looks++) {
    const run = (await box.listRuns({ signal })).find(isIt);
    if (run === undefined) return null;
    if (looks === 0 && run.status !== "failed") emit({ type: "run-found", runId: run.id });
    if (run.status !== "running") return run;
    if (Date.now() - run.created_at * 1000 > limitMs) return run;
    await sleep(LOOK_EVERY_MS, undefined, { signal });
  }
}

/**
 * Whether a run has ended because its box or its engine did, and not by itself: an engine that is stopped
 * cancels its runs, and one that was killed says at its next start that they have failed.
 */
export function isCutOff({ status, error_message }: RunRecord): boolean {
  return status === "cancelled" || (error_message !== undefined && error_message !== "");
}
