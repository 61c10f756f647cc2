import { JobStop } from "../../core/job-stop.ts";
import type { Store } from "../store/store.ts";
import { type CarryOutClaimOptions, cancelled, carryOutClaim } from "./carry-out-claim.ts";
import { claimJobs } from "./claim-jobs.ts";
import { ExecutorLease } from "./executor-lease.ts";
import type { Cancellation, Claim } from "./job-row.ts";
import type { Room } from "./pick-next.ts";
import { releaseJob } from "./release-job.ts";

export interface DispatcherOptions extends Omit<CarryOutClaimOptions, "onError"> {
  room: Room;
  /** Carries a claimed job out. @default {@link carryOutClaim} */
  work?: (claim: Claim, control: AbortController) => Promise<void>;
}

interface Running {
  claim: Claim;
  control: AbortController;
  done: Promise<void>;
}

/** Only those that ended while the store was being read can be met again. */
const REMEMBERED_ATTEMPTS = 1_000;

/** Jobs that were handed over say so in their comments; after this they are left as they are. */
const HAND_OVER_LIMIT_MS = 3_000;

/**
 * Carries out the jobs of the queue, together with the other processes on the same store. Looks for work
 * when it is woken, when a job ends, and every second: that is when it hears of cancelled jobs and of
 * those that a dead process has left.
 */
export class Dispatcher {
  readonly #store: Store;
  readonly #options: DispatcherOptions;
  readonly #lease: ExecutorLease;
  readonly #running = new Map<string, Running>();
  /** The last attempts that are over here: the store may have been read before that was written. */
  readonly #over = new Map<string, number>();
  #looking: Promise<void> | undefined;
  #again = false;
  #stopping = false;

  constructor(options: DispatcherOptions) {
    this.#store = options.store;
    this.#options = options;
    this.#lease = new ExecutorLease(options.store, {
      onLost: () => this.#lose(),
      onBeat: () => this.#beat(),
      onError: (err) => options.log.error({ err }, "the store was not told that this App lives"),
    });
  }

  /** This process's name in the store. */
  get executor(): string {
    return this.#lease.id;
  }

  /** Whether others know that this process lives. */
  get holds(): boolean {
    return this.#lease.holds;
  }

  get running(): number {
    return this.#running.size;
  }

  async start(): Promise<void> {
    await this.#lease.start();
    void this.wake();
  }

  /**
   * Something was put into the queue, or cancelled.
   * @returns resolves when whatever has its turn now has begun
   */
  async wake(): Promise<void> {
    if (this.#stopping) return;
    this.#again = true;
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    await this.#looking;
  }

  /**
   * Takes no more jobs, lets those that run end within the grace time, and hands the others over.
   * @param because said in their comments
   */
  async stop(because: string, graceMs: number): Promise<void> {
    this.#stopping = true;
    await this.#looking;
    await this.#ended(graceMs);
    for (const { control } of this.#running.values()) {
      control.abort(new JobStop("handed-over", because));
    }
    await this.#ended(HAND_OVER_LIMIT_MS);
    const left = [...this.#running.values()];
    if (left.length > 0) {
      this.#options.log.error({ jobs: left.map(({ claim }) => claim.job.id) }, "jobs were left");
    }
    // Also those that did not end in time: without the lease they are the next process's.
    await this.#lease.close();
  }

  async #look(): Promise<void> {
    while (this.#again && !this.#stopping) {
      this.#again = false;
      if (!this.#lease.holds) return;
      try {
        const executor = this.#lease.id;
        const room = this.#options.room;
        const free = Math.max(0, room.total - this.#running.size);
        for (const claim of await claimJobs(this.#store, { executor, room, free })) {
          if (this.#isNew(claim)) this.#begin(claim);
        }
      } catch (err) {
        this.#options.log.error({ err }, "the queue could not be read");
      }
    }
  }

  #isNew({ job, attempt }: Claim): boolean {
    return !this.#running.has(job.id) && this.#over.get(job.id) !== attempt;
  }

  #end({ job, attempt }: Claim): void {
    this.#running.delete(job.id);
    this.#over.set(job.id, attempt);
    const [oldest] = this.#over.keys();
    if (this.#over.size > REMEMBERED_ATTEMPTS && oldest !== undefined) this.#over.delete(oldest);
  }

  #begin(claim: Claim): void {
    const { id } = claim.job;
    const log = this.#options.log;
    const control = new AbortController();
    // Between the claim and now the lease may have ended.
    if (claim.executor !== this.#lease.id) return;
    log.info({ job: id, attempt: claim.attempt, command: claim.job.request.commandLine }, "job");
    const work = this.#options.work ?? ((...args) => carryOutClaim(...args, this.#options));
    const done = work(claim, control)
      .catch((err) => {
        // A fault of ours, or of the store: another attempt may do better, but not at once.
        log.error({ job: id, err }, "the job broke off");
        return releaseJob(this.#store, claim, brokenPause(claim));
      })
      .catch((err) => log.error({ job: id, err }, "the job was not given back"))
      .finally(() => {
        this.#end(claim);
        void this.wake();
      });
    this.#running.set(id, { claim, control, done });
  }

  #lose(): void {
    for (const { control } of this.#running.values()) {
      control.abort(new JobStop("lost", "This process was out of touch for too long."));
    }
  }

  async #beat(): Promise<void> {
    await this.#hearOfCancellations();
    void this.wake();
  }

  async #hearOfCancellations(): Promise<void> {
    if (this.#running.size === 0) return;
    const rows = await this.#store.query<{ id: string; cancel: Cancellation }>(
      "select id, cancel from jobs where executor = $1 and state = 'running' and cancel is not null",
      [this.#lease.id],
    );
    for (const { id, cancel } of rows) this.#running.get(id)?.control.abort(cancelled(cancel));
  }

  async #ended(limitMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, limitMs);
    });
    await Promise.race([Promise.all([...this.#running.values()].map(({ done }) => done)), limit]);
    clearTimeout(timer);
  }
}

const FIRST_BROKEN_PAUSE_MS = 5_000;
const LONGEST_BROKEN_PAUSE_MS = 10 * 60_000;

/** Before a job that broke off is tried again: longer each time. */
function brokenPause({ attempt }: Claim): number {
  return Math.min(LONGEST_BROKEN_PAUSE_MS, FIRST_BROKEN_PAUSE_MS * 2 ** Math.min(attempt - 1, 10));
}
