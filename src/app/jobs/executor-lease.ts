import { randomUUID } from "node:crypto";
import type { QueryConfig } from "pg";
import type { Store } from "../store/store.ts";

/**
 * A process that was killed is noticed after this, and its jobs go on elsewhere: well within the ten
 * seconds after which people begin to wonder, and longer than any pause of a process that is well.
 */
export const LEASE_SECONDS = 5;
const BEAT_MS = 1_000;
/** The lease is given up here before others see it run out: both clocks count seconds alike. */
const SURE_MS = (LEASE_SECONDS - 1) * 1_000;

export interface LeaseOptions {
  /** The lease is over: somebody else may have this process's jobs. Called before `id` changes. */
  onLost(): void;
  /** After each beat, while the lease holds. */
  onBeat(): Promise<void> | void;
  onError(error: unknown): void;
}

/**
 * Says in the store that this process lives. A process that cannot say so for too long (the database is
 * gone, the process was stopped) takes itself for dead, as all others do, and begins anew under another
 * id.
 */
export class ExecutorLease {
  readonly #store: Store;
  readonly #options: LeaseOptions;
  #id: string = randomUUID();
  #sureUntil = 0;
  #timer: NodeJS.Timeout | undefined;
  #watch: NodeJS.Timeout | undefined;
  #beating: Promise<void> | undefined;
  #closed = false;

  constructor(store: Store, options: LeaseOptions) {
    this.#store = store;
    this.#options = options;
  }

  /** Different after each loss. */
  get id(): string {
    return this.#id;
  }

  /** Whether no other process can take this one for dead. */
  get holds(): boolean {
    return performance.now() < this.#sureUntil;
  }

  async start(): Promise<void> {
    await this.#enter();
    this.#schedule();
  }

  /** Gives the lease up: what is still this process's is anybody's at once. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#watch);
    await this.#beating;
    await this.#store.pool.query("delete from executors where id = $1", [this.#id]);
  }

  async #enter(): Promise<void> {
    const began = performance.now();
    await this.#store.query(
      `insert into executors (id, lease_until) values ($1, now() + $2 * interval '1 second')
       on conflict (id) do update set lease_until = excluded.lease_until`,
      [this.#id, LEASE_SECONDS],
    );
    this.#renewed(began);
  }

  #schedule(): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#beating = this.#beat().finally(() => this.#schedule());
    }, BEAT_MS);
  }

  async #beat(): Promise<void> {
    const began = performance.now();
    try {
      // Not with the store's patience: what counts is whether it can be said in time.
      const { rowCount } = await this.#store.pool.query({
        text: `update executors set lease_until = now() + $2 * interval '1 second'
               where id = $1 and lease_until > now()`,
        values: [this.#id, LEASE_SECONDS],
        query_timeout: SURE_MS,
      } as QueryConfig);
      if (this.#closed) return;
      if (rowCount === 1 && this.holds) this.#renewed(began);
      else await this.#beginAnew();
      await this.#options.onBeat();
    } catch (error) {
      this.#options.onError(error);
    }
  }

  async #beginAnew(): Promise<void> {
    this.#lose();
    await this.#enter();
  }

  /** Counted from before the statement was sent: the database's own count began later. */
  #renewed(began: number): void {
    this.#sureUntil = began + SURE_MS;
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => this.#lose(), this.#sureUntil - performance.now());
  }

  #lose(): void {
    if (this.#closed || this.#sureUntil === 0) return;
    this.#sureUntil = 0;
    clearTimeout(this.#watch);
    this.#options.onLost();
    this.#id = randomUUID();
  }
}
