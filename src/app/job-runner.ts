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

/** Runs jobs in this process: one at a time in a thread, and not more than `concurrency` in all. */
export class JobRunner {
  readonly #options: JobRunnerOptions;
  readonly #threads = new Locks();
  readonly #running = new Set<Promise<void>>();
  readonly #stop = new AbortController();
  #free: number;
  readonly #waiting: Array<() => void> = [];

  constructor(options: JobRunnerOptions) {
    this.#options = options;
    this.#free = options.concurrency;
  }

  /** Queues a job; it begins when its thread and a place are free. */
  add(job: Job, github: GitHub): void {
    const { repository, thread } = job.request;
    const key = `${repository.owner}/${repository.name}#${thread.number}`;
    const running = this.#threads
      .run(key, () => this.#inTurn(() => this.#run(job, github)))
      .catch((error) => this.#options.log.error({ job: job.id, err: error }, "job lost"));
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

  async #inTurn(task: () => Promise<void>): Promise<void> {
    if (this.#free === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#free--;
    try {
      await task();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }

  async #run(job: Job, github: GitHub): Promise<void> {
    const { agent, boxService, repositories, onJobEvent } = this.#options;
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
      onEvent: (event) => onJobEvent?.(job, event),
    });
    log.info({ outcome: done.state.outcome }, "job finished");
    if (done.commentError !== undefined) {
      log.error({ err: done.commentError }, "the comment does not show the job's end");
    }
    this.#options.onJobDone?.(job, done);
  }
}
