import { setTimeout as sleep } from "node:timers/promises";
import { endJob } from "../../../src/app/jobs/end-job.ts";
import { JobJournal } from "../../../src/app/jobs/job-journal.ts";
import { JobLost } from "../../../src/app/jobs/job-lost.ts";
import type { Claim } from "../../../src/app/jobs/job-row.ts";
import type { Store } from "../../../src/app/store/store.ts";
import { STEP_NAMES } from "../../../src/core/events.ts";
import { stopOf } from "../../../src/core/job-stop.ts";
import { initialState } from "../../../src/core/state.ts";

/** What a step of {@link stepwise} did. */
export interface Deed {
  job: string;
  attempt: number;
  step: string;
}

/**
 * The work of a job without a box: its steps, journaled as a real job's are, and its end.
 * @param deed done by each step
 */
export function stepwise(
  store: Store,
  deed: (deed: Deed) => Promise<void> | void,
  pauseMs: () => number,
) {
  return async (claim: Claim, control: AbortController): Promise<void> => {
    const { job, attempt } = claim;
    const lose = () => control.abort();
    try {
      const journal = await JobJournal.open(store, claim, {
        onLost: lose,
        flush: async () => {},
        onStep: () => {},
      });
      for (const step of STEP_NAMES) {
        if (claim.cancel !== null || stopOf(control.signal)?.kind === "cancelled") break;
        if (control.signal.aborted) return;
        await journal.step(step, async () => {
          await deed({ job: job.id, attempt, step });
          await sleep(pauseMs(), undefined, { signal: control.signal }).catch(() => undefined);
        });
      }
      const isCancelled = claim.cancel !== null || stopOf(control.signal)?.kind === "cancelled";
      const outcome = isCancelled
        ? ({ status: "cancelled", by: "maya" } as const)
        : ({ status: "succeeded" } as const);
      await endJob(store, claim, { ...initialState(), outcome });
      await deed({ job: job.id, attempt, step: `ended ${outcome.status}` });
    } catch (error) {
      if (!(error instanceof JobLost)) throw error;
    }
  };
}
