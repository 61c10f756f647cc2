import type { JobEvent } from "./events.ts";
import type { Job } from "./job.ts";
import { JobComment } from "./job-comment.ts";
import { JobLog } from "./job-log.ts";
import type { JobPorts } from "./ports.ts";
import { createProgressReporter } from "./progress.ts";
import { createRedactor } from "./redact.ts";
import { runJob } from "./run-job.ts";
import type { JobState } from "./state.ts";
import { progressComment } from "./views/progress-comment.ts";

export interface CarryOutOptions
  extends Pick<JobPorts, "github" | "boxes" | "agent" | "repositories" | "signal"> {
  /** Texts that must appear nowhere outside; tokens minted on the way are added by the steps. */
  secrets: readonly string[];
  /** Told of every event, after its secrets are gone. */
  onEvent?: (event: JobEvent) => void;
  /** @default runs the work and keeps nothing: the caller has no store */
  step?: JobPorts["step"];
  /** @default at once */
  inTurn?: JobPorts["inTurn"];
}

/** How a job ended, all that is known of it, and where its comment is. */
export interface CarriedOut {
  state: JobState;
  commentUrl: string | null;
  /** Why the comment does not show the end; undefined when it does. */
  commentError?: unknown;
}

/**
 * Whoever stops us does not wait for long: containers are killed 10 s after they were asked to stop, a
 * cancelled workflow as well. The last word gets this much of it, the boxes need the rest.
 */
const LAST_WORD_LIMIT_MS = 5_000;

/** Carries a job out and keeps its comment up to date until the last word is in it. */
export async function carryOut(job: Job, options: CarryOutOptions): Promise<CarriedOut> {
  const redact = createRedactor(options.secrets);
  const comment = new JobComment(job, options.github);
  const context = {
    marker: comment.marker,
    repositoryUrl: job.request.repository.htmlUrl,
  };
  const render = (state: JobState, now: number) =>
    redact(progressComment(state, { ...context, now }));
  const progress = createProgressReporter({
    render,
    publish: (text, signal) => comment.publish(text, signal),
  });
  const log = new JobLog(redact, (event) => {
    progress.event(event);
    options.onEvent?.(event);
  });
  await runJob(job, {
    github: options.github,
    boxes: options.boxes,
    agent: options.agent,
    repositories: options.repositories,
    signal: options.signal,
    inTurn: options.inTurn ?? ((work) => work(job)),
    step: options.step ?? ((_name, work) => work()),
    emit: (event) => log.add(event),
    redact,
    addSecret: (secret) => void redact.add(secret),
    holdsSecret: redact.holdsSecret,
  });
  using giveUp = someTimeAfter(options.signal);
  const finished = await progress.finish(giveUp.signal);
  return {
    state: progress.state,
    commentUrl: comment.url,
    ...(finished.published ? {} : { commentError: finished.error }),
  };
}

/** Aborted a little later than `signal`, so that there is time to say that the job was stopped. */
function someTimeAfter(signal: AbortSignal): { signal: AbortSignal } & Disposable {
  const later = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const begin = () => {
    const over = new Error("The process is being stopped and GitHub does not answer.");
    timer = setTimeout(() => later.abort(over), LAST_WORD_LIMIT_MS);
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
