import { type CarriedOut, carryOut } from "../../core/carry-out.ts";
import type { JobEvent, StepName } from "../../core/events.ts";
import type { GitHub } from "../../core/github.ts";
import type { Job } from "../../core/job.ts";
import { JobStop } from "../../core/job-stop.ts";
import type { AgentSettings, JobPorts } from "../../core/ports.ts";
import type { SnapshotPort } from "../../core/snapshot-key.ts";
import type { EditBudget } from "../edit-budget.ts";
import type { Store } from "../store/store.ts";
import { catchUp } from "./catch-up.ts";
import { commentSlot } from "./comment-slot.ts";
import { earlierState } from "./earlier-state.ts";
import { endJob } from "./end-job.ts";
import { EventBuffer } from "./event-buffer.ts";
import { JobJournal } from "./job-journal.ts";
import { JobLost } from "./job-lost.ts";
import type { Cancellation, Claim } from "./job-row.ts";
import { releaseJob } from "./release-job.ts";

export interface CarryOutClaimOptions {
  store: Store;
  agent: AgentSettings;
  /** The port for the job's own repository. */
  github(job: Job, installation: number): Promise<GitHub>;
  boxes(github: GitHub): JobPorts["boxes"];
  /** Where bare repositories are kept on the trusted side. */
  repositories: string;
  secrets: readonly string[];
  edits: EditBudget;
  /** Of repositories that are set up. */
  snapshots: SnapshotPort | null;
  /** How long a box stays after its job, so that it can be gone on with; 0: not at all. */
  keepBoxHours: number;
  onJobEvent?: ((job: Job, event: JobEvent) => void) | undefined;
  onJobDone?: ((job: Job, done: CarriedOut) => void) | undefined;
  onStep?: ((name: StepName, milliseconds: number) => void) | undefined;
  log: { info(data: object, text: string): void; error(data: object, text: string): void };
}

/**
 * How often a job is taken up again whose process has died of it, or with it: one that kills whatever
 * carries it out must not go round for ever.
 */
const MOST_DEATHS = 5;
/** The same of one that keeps breaking off without that. Hand-overs count too, and are fewer. */
const MOST_ATTEMPTS = 100;
/** How often, and after what pause, a last word is tried that GitHub would not take. */
const MOST_LAST_WORDS = 30;
const LAST_WORD_PAUSE_MS = 15_000;
const LONGEST_LAST_WORD_PAUSE_MS = 10 * 60_000;

/**
 * Carries one claimed job out until it has ended, is handed over, or is another process's. What earlier
 * attempts have done is not done again.
 *
 * @param control aborted with a {@link JobStop} to stop the job; this function aborts it too
 */
export async function carryOutClaim(
  claim: Claim,
  control: AbortController,
  options: CarryOutClaimOptions,
): Promise<void> {
  const { store } = options;
  const isFirst = claim.attempt === 1;
  const job = isFirst ? await catchUp(store, claim) : claim.job;
  const lose = (error: unknown) => {
    if (error instanceof JobLost) control.abort(new JobStop("lost", error.message));
    else options.log.error({ job: job.id, err: error }, "events were lost");
  };
  const kept = isFirst ? null : await earlierState(store, job.id);
  // One that is retried begins anew: nothing is known of it.
  const earlier = kept === null || kept.next === 0 ? null : kept;
  const events = new EventBuffer(store, claim, { next: earlier?.next ?? 0, onError: lose });
  const journal = await JobJournal.open(store, claim, {
    flush: () => events.flush(),
    onLost: lose,
    onStep: (name, milliseconds) => options.onStep?.(name, milliseconds),
  });
  if (claim.cancel !== null) control.abort(cancelled(claim.cancel));
  if (claim.deaths > MOST_DEATHS || claim.attempt > MOST_ATTEMPTS) {
    control.abort(new JobStop("stopped", tooOften(claim)));
  }
  const github = await options.github(job, claim.installation);
  try {
    const done = await carryOut(job, {
      github,
      agent: options.agent,
      boxes: options.boxes(github),
      repositories: options.repositories,
      secrets: options.secrets,
      snapshots: options.snapshots,
      keepsBoxes: options.keepBoxHours > 0,
      signal: control.signal,
      journal,
      pace: options.edits.of(claim.installation),
      comment: commentSlot(store, { job, github, executor: claim.executor }),
      ...(earlier === null
        ? {}
        : { resumed: { attempt: claim.attempt, state: earlier.state, because: because(claim) } }),
      onEvent: (event) => {
        events.add(event);
        remember(store, claim, event).catch(lose);
        options.onJobEvent?.(job, event);
      },
    });
    await events.flush();
    await settle(claim, done, options);
  } catch (error) {
    if (!(error instanceof JobLost)) throw error;
    options.log.info({ job: job.id }, "the job is another process's now");
  }
}

/** The stop of a job that somebody cancelled, or that has nothing left to work on. */
export function cancelled({ by, gone }: Cancellation): JobStop {
  if (gone !== undefined) return new JobStop("gone", `It ended since ${gone}.`, by);
  return new JobStop("cancelled", `${by} cancelled the job.`, by);
}

async function settle(
  claim: Claim,
  done: CarriedOut,
  options: CarryOutClaimOptions,
): Promise<void> {
  const { job } = claim;
  const { store, log } = options;
  if (done.suspended) {
    await releaseJob(store, claim);
    log.info({ job: job.id }, "job handed over");
    return;
  }
  if (done.commentError !== undefined && claim.attempt < MOST_LAST_WORDS) {
    const pause = Math.min(
      LONGEST_LAST_WORD_PAUSE_MS,
      LAST_WORD_PAUSE_MS * 2 ** Math.min(claim.attempt - 1, 10),
    );
    log.error({ job: job.id, err: done.commentError, pause }, "the last word is tried again");
    await releaseJob(store, claim, pause);
    return;
  }
  await endJob(store, claim, done.state, options.keepBoxHours);
  log.info({ job: job.id, outcome: done.state.outcome }, "job finished");
  options.onJobDone?.(job, done);
}

/** What others look for while the job runs, or after: its box, its cost so far. */
async function remember(store: Store, { job, attempt }: Claim, event: JobEvent): Promise<void> {
  const set = (assignments: string, values: readonly unknown[]) =>
    store.query(`update jobs set ${assignments} where id = $1 and attempt = $2`, [
      job.id,
      attempt,
      ...values,
    ]);
  if (event.type === "box-created" || event.type === "box-reopened")
    await set("box = $3", [event.boxId]);
  if (event.type === "usage") await set("cost_usd = cost_usd + $3", [event.usage.costUsd]);
}

function because({ deaths }: Claim): string {
  return deaths > 0 ? "the App was restarted" : "it was handed over";
}

function tooOften({ attempt, deaths }: Claim): string {
  return `It was begun ${attempt} times, and the App ended ${deaths} times meanwhile; comment the same command to try again.`;
}
