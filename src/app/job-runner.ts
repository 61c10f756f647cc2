import type { Probot } from "probot";
import { type BoxService, boxesOf } from "../core/box-service.ts";
import { type CarriedOut, carryOut } from "../core/carry-out.ts";
import type { JobEvent } from "../core/events.ts";
import type { GitHub } from "../core/github.ts";
import type { Job } from "../core/job.ts";
import type { AgentSettings } from "../core/ports.ts";
import { Locks } from "../host/locks.ts";

export interface JobRunnerOptions {
  agent: AgentSettings;
  boxService: BoxService;
  /** Jobs that run at the same time. */
  concurrency: number;
  log: Probot["log"];
  /** Where bare repositories are kept on the trusted side. */
  repositories: string;
  onJobEvent?: (job: Job, event: JobEvent) => void;
  onJobDone?: (job: Job, done: CarriedOut) => void;
}

/**
 * Each job ends by itself well before: this is for one that hangs in a request to a GitHub that does
 * not answer. Containers are killed 10 s after they were asked to stop.
 */
const CLOSE_LIMIT_MS = 7_000;

/** Only jobs that waited meanwhile look there. */
const REMEMBERED_PUSHES = 1_000;

/** Runs jobs in this process: one at a time in a thread, and not more than `concurrency` in all. */
export class JobRunner {
  readonly #options: JobRunnerOptions;
  readonly #threads = new Locks();
  readonly #running = new Set<Promise<void>>();
  readonly #stop = new AbortController();
  #free: number;
  readonly #waiting: Array<() => void> = [];
  /** Our own pushes, by branch: the commit that a job started from → the one it made on top. */
  readonly #pushed = new Map<string, { sha: string; at: number }>();

  constructor(options: JobRunnerOptions) {
    this.#options = options;
    this.#free = options.concurrency;
  }

  /** Takes a job on: it says so at once, and works when its thread and a place are free. */
  add(job: Job, github: GitHub): void {
    const running = this.#run(job, github).catch((error) =>
      this.#options.log.error({ job: job.id, err: error }, "job lost"),
    );
    this.#running.add(running);
    void running.finally(() => this.#running.delete(running));
  }

  /** Ends every job and waits until each has said so in its comment, for a few seconds at most. */
  async close(because: string): Promise<void> {
    this.#stop.abort(new Error(because));
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, CLOSE_LIMIT_MS);
    });
    await Promise.race([Promise.all(this.#running), limit]);
    clearTimeout(timer);
    if (this.#running.size > 0) {
      this.#options.log.error(`${this.#running.size} jobs could not be ended in time`);
    }
  }

  #inTurn<T>(job: Job, added: number, work: (job: Job) => Promise<T>): Promise<T> {
    const { repository, thread } = job.request;
    const key = `${repository.owner}/${repository.name}#${thread.number}`;
    return this.#threads.run(key, () => this.#inPlace(() => work(this.#caughtUp(job, added))));
  }

  /**
   * A job that waited for another of its own thread starts from what that one pushed; any other commit
   * that came meanwhile is somebody else's, and the push will say so. What was pushed before the job was
   * asked for does not count: somebody may have taken it off the branch again.
   */
  #caughtUp(job: Job, added: number): Job {
    let { sha } = job.target;
    const next = () => this.#pushed.get(place(job, sha));
    for (let pushed = next(); pushed !== undefined && pushed.at >= added; pushed = next()) {
      sha = pushed.sha;
    }
    return { ...job, target: { ...job.target, sha } };
  }

  async #inPlace<T>(task: () => Promise<T>): Promise<T> {
    if (this.#free === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#free--;
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }

  #remember(job: Job, added: number, sha: string): void {
    const from = place(job, this.#caughtUp(job, added).target.sha);
    this.#pushed.set(from, { sha, at: performance.now() });
    const [oldest] = this.#pushed.keys();
    if (this.#pushed.size > REMEMBERED_PUSHES && oldest !== undefined) this.#pushed.delete(oldest);
  }

  async #run(job: Job, github: GitHub): Promise<void> {
    const { agent, boxService, repositories, onJobEvent } = this.#options;
    const added = performance.now();
    const log = this.#options.log.child({ job: job.id });
    log.info({ command: job.request.commandLine }, "job started");
    const done = await carryOut(job, {
      github,
      agent,
      boxes: boxesOf(boxService, github.identity),
      repositories,
      secrets: [boxService.apiKey],
      // One for each job: what listens to it goes with the job.
      signal: AbortSignal.any([this.#stop.signal]),
      inTurn: (work) => this.#inTurn(job, added, work),
      onEvent: (event) => {
        if (event.type === "published") this.#remember(job, added, event.sha);
        onJobEvent?.(job, event);
      },
    });
    log.info({ outcome: done.state.outcome }, "job finished");
    if (done.commentError !== undefined) {
      log.error({ err: done.commentError }, "the comment does not show the job's end");
    }
    this.#options.onJobDone?.(job, done);
  }
}

/** A commit on a branch of a repository: the same commit may be on others too. */
function place({ request, target }: Job, sha: string): string {
  const { owner, name } = request.repository;
  return `${owner}/${name} ${target.branch} ${sha}`;
}
