import { type CommentSlot, memoryCommentSlot } from "./comment-slot.ts";
import type { JobEvent, Outcome } from "./events.ts";
import type { CheckView } from "./github.ts";
import type { Job } from "./job.ts";
import { JobCheck } from "./job-check.ts";
import { JobComment } from "./job-comment.ts";
import { JobLog } from "./job-log.ts";
import { stopOf } from "./job-stop.ts";
import { type Journal, memoryJournal } from "./journal.ts";
import type { JobPorts } from "./ports.ts";
import { createProgressReporter, type Finished, type Pace } from "./progress.ts";
import { createRedactor } from "./redact.ts";
import { runJob } from "./run-job.ts";
import type { JobState } from "./state.ts";
import { checkView } from "./views/check-view.ts";
import type { CommentContext } from "./views/comment-context.ts";
import { progressComment } from "./views/progress-comment.ts";

export interface CarryOutOptions
  extends Pick<JobPorts, "github" | "boxes" | "agent" | "repositories" | "signal"> {
  /** Texts that must appear nowhere outside; tokens minted on the way are added by the steps. */
  secrets: readonly string[];
  /** @default none are kept */
  snapshots?: JobPorts["snapshots"];
  /** Whether a box may stay after the job, paused, for somebody to go on with. @default false */
  keepsBoxes?: boolean;
  /** Told of every event, after its secrets are gone. */
  onEvent?: (event: JobEvent) => void;
  /** @default kept in memory: the job ends with its process */
  journal?: Journal;
  /** How often may be edited, together with others. @default there is no limit */
  pace?: Pace;
  /** Where the job's comment is kept. @default in memory */
  comment?: CommentSlot;
  /** An earlier attempt, and all that is known from it; none: nobody has begun with this job. */
  resumed?: { attempt: number; because: string; state: JobState };
}

/** How a job ended, all that is known of it, and where its comment is. */
export interface CarriedOut {
  state: JobState;
  /** It has not ended: another process goes on with it. */
  suspended: boolean;
  commentUrl: string | null;
  /** Why the comment, or the check run, does not show the end; undefined when they do. */
  commentError?: unknown;
}

/**
 * Whoever stops us does not wait for long: containers are killed 10 s after they were asked to stop, a
 * cancelled workflow as well. The last word gets this much of it, the boxes need the rest.
 */
const LAST_WORD_LIMIT_MS = 5_000;
/** Somebody has ended the job, and nobody the process: what is said at its end waits for its turn. */
const UNHURRIED_LIMIT_MS = 60_000;

/** People look at the comment; the check is for lists of checks. */
const CHECK_INTERVAL_MS = 30_000;

/** Carries a job out and keeps its comment up to date until the last word is in it. */
export async function carryOut(job: Job, options: CarryOutOptions): Promise<CarriedOut> {
  const redact = createRedactor(options.secrets);
  const { resumed = null } = options;
  const comment = new JobComment(job, options.github, {
    slot: options.comment ?? memoryCommentSlot(),
    // Without a slot of the caller's own nothing is known of earlier attempts: a workflow may run again.
    resumed: resumed !== null || options.comment === undefined,
  });
  const context = {
    marker: comment.marker,
    repositoryUrl: job.request.repository.htmlUrl,
  };
  const render = (state: JobState, now: number) =>
    redact(progressComment(state, { ...context, now }));
  const pace = options.pace === undefined ? {} : { pace: options.pace };
  const progress = createProgressReporter({
    render,
    async publish(text, signal) {
      if (isNotOurs(options.signal)) return;
      await comment.publish(text, signal);
    },
    ...pace,
    ...(resumed === null ? {} : { state: resumed.state }),
  });
  const check = new JobCheck(job, options.github, { mayExist: resumed !== null });
  const log = new JobLog(redact, (event) => {
    progress.event(event);
    checkProgress.event(event);
    options.onEvent?.(event);
  });
  const checkProgress = createProgressReporter({
    render: (state, now) => redact(JSON.stringify(checkView(state, { ...context, now }))),
    async publish(text, signal) {
      if (isNotOurs(options.signal)) return;
      const url = await check.publish(JSON.parse(text) as CheckView, signal);
      if (url !== null) log.add({ type: "check-made", url });
    },
    minimumInterval: CHECK_INTERVAL_MS,
    heartbeat: Number.POSITIVE_INFINITY,
    ...pace,
    ...(resumed === null ? {} : { state: resumed.state }),
  });
  const outcome = await runJob(job, {
    github: options.github,
    boxes: options.boxes,
    agent: options.agent,
    repositories: options.repositories,
    snapshots: options.snapshots ?? null,
    keepsBoxes: options.keepsBoxes ?? false,
    signal: options.signal,
    journal: options.journal ?? memoryJournal(),
    resumed: resumed === null ? null : { attempt: resumed.attempt, because: resumed.because },
    emit: (event) => log.add(event),
    redact,
    addSecret: (secret) => void redact.add(secret),
    holdsSecret: redact.holdsSecret,
  });
  using giveUp = someTimeAfter(options.signal);
  const finished = await progress.finish(giveUp.signal);
  // Whoever goes on with the job says the next thing in it.
  const checked = await checkProgress.finish(
    outcome === null ? AbortSignal.abort() : giveUp.signal,
  );
  await showOnPushed(check, progress.state, context, redact, giveUp.signal);
  return {
    state: progress.state,
    suspended: outcome === null,
    commentUrl: comment.url,
    ...unsaid(finished, checked, outcome),
  };
}

/** A check run that goes on for ever is as bad as a comment without an end. */
function unsaid(comment: Finished, check: Finished, outcome: Outcome | null) {
  if (!comment.published) return { commentError: comment.error };
  return check.published || outcome === null ? {} : { commentError: check.error };
}

/** The commit that people see next is the one that was pushed: its list of checks has the job too. */
async function showOnPushed(
  check: JobCheck,
  state: JobState,
  context: CommentContext,
  redact: (text: string) => string,
  signal: AbortSignal,
): Promise<void> {
  if (state.published?.pullRequest == null || state.outcome === null) return;
  const view = JSON.parse(redact(JSON.stringify(checkView(state, context)))) as CheckView;
  // The job is done, and its comment says so.
  await check.publishOn(state.published.sha, view, signal).catch(() => undefined);
}

/** Whoever has the job now writes its comment; or nothing can be written any more. */
function isNotOurs(signal: AbortSignal): boolean {
  const kind = stopOf(signal)?.kind;
  return kind === "lost" || kind === "gone";
}

/** Aborted a little later than `signal`, so that there is time to say that the job was stopped. */
function someTimeAfter(signal: AbortSignal): { signal: AbortSignal } & Disposable {
  const later = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const begin = () => {
    const over = new Error("The process is being stopped and GitHub does not answer.");
    const isHurried = stopOf(signal)?.kind !== "cancelled";
    timer = setTimeout(
      () => later.abort(over),
      isHurried ? LAST_WORD_LIMIT_MS : UNHURRIED_LIMIT_MS,
    );
  };
  if (signal.aborted) begin();
  else signal.addEventListener("abort", begin, { once: true });
  return {
    signal: later.signal,
    [Symbol.dispose]() {
      signal.removeEventListener("abort", begin);
      clearTimeout(timer);
    },
  };
}
