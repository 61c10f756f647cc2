import { createRedactor } from "../../core/redact.ts";
import { withLimit } from "../../host/with-limit.ts";
import { Batcher } from "../store/batcher.ts";
import type { Store } from "../store/store.ts";
import type { Delivery, DeliveryEvent } from "./delivery.ts";

export interface DeliveryWorkerOptions {
  store: Store;
  /**
   * Does what a delivery asks for, and says what came of it. It may be called again for one that it had
   * begun with: the process was killed, or it threw.
   */
  handle(delivery: Delivery): Promise<string>;
  onEvent?: ((event: DeliveryEvent) => void) | undefined;
  onError(delivery: string, error: unknown): void;
}

/** A process that was killed is noticed after this, and what it had taken is taken by another. */
export const LEASE_SECONDS = 5;
const RENEW_MS = 1_500;
const LOOK_EVERY_MS = 1_000;
/** Each makes a few requests to GitHub, and those of one installation wait for each other anyway. */
const AT_ONCE = 20;
/** What is kept in memory beside; the rest is read again from the store. */
const MOST_WAITING = 1_000;
/** GitHub that is down for a while must not cost a delivery its tries: these last twenty minutes. */
const PAUSES_SECONDS = [1, 5, 15, 60, 120, 300, 600];
const MOST_TRIES = PAUSES_SECONDS.length + 1;
/** Octokit waits for a rate limit by itself, but not longer than this. */
const HANDLE_LIMIT_MS = 5 * 60_000;
const CLOSE_LIMIT_MS = 2_000;
const ERROR_CHARACTERS = 2_000;

interface Taken extends Delivery {
  tries: number;
}

/**
 * Works on deliveries: at once on those that this process has stored, and on those that others have left
 * or that failed. One that keeps failing is put aside.
 */
export class DeliveryWorker {
  readonly #options: DeliveryWorkerOptions;
  readonly #waiting: Taken[] = [];
  /** Leased to this process: they wait here or are worked on. */
  readonly #mine = new Set<string>();
  readonly #working = new Set<Promise<void>>();
  readonly #redact = createRedactor([]);
  readonly #done: Batcher<{ id: string; outcome: string }, undefined>;
  #timer: NodeJS.Timeout | undefined;
  #renewTimer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #closed = false;

  constructor(options: DeliveryWorkerOptions) {
    this.#options = options;
    this.#done = new Batcher((batch) => this.#markDone(batch), {
      items: 500,
      size: Number.POSITIVE_INFINITY,
      sizeOf: () => 0,
    });
  }

  start(): void {
    this.#look();
    this.#renewTimer = setInterval(() => void this.#renew(), RENEW_MS);
  }

  /** Takes a delivery that was stored for this process. */
  add(delivery: Delivery): void {
    // It is found in the store when its lease is over.
    if (this.#closed || this.#waiting.length >= MOST_WAITING) return;
    this.#enter({ ...delivery, tries: 1 });
  }

  /** Ends what it can in a short time, and gives the rest back. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#looking;
    this.#waiting.length = 0;
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, CLOSE_LIMIT_MS);
    });
    await Promise.race([Promise.all(this.#working), limit]);
    clearTimeout(timer);
    clearInterval(this.#renewTimer);
    await this.#options.store.pool
      .query("update deliveries set due_at = now() where id = any($1) and state = 'waiting'", [
        [...this.#mine],
      ])
      .catch((error) => this.#options.onError("", error));
  }

  #enter(delivery: Taken): void {
    this.#mine.add(delivery.id);
    this.#waiting.push(delivery);
    this.#next();
  }

  #next(): void {
    while (!this.#closed && this.#working.size < AT_ONCE) {
      const delivery = this.#waiting.shift();
      if (delivery === undefined) return;
      const work = this.#work(delivery).finally(() => {
        this.#mine.delete(delivery.id);
        this.#working.delete(work);
        this.#next();
      });
      this.#working.add(work);
    }
  }

  async #work(delivery: Taken): Promise<void> {
    const { handle, onEvent, onError } = this.#options;
    const started = performance.now();
    const tell = (type: "done" | "failed" | "poisoned") =>
      onEvent?.({ type, name: delivery.name, seconds: (performance.now() - started) / 1000 });
    try {
      const outcome = await withLimit(handle(delivery), HANDLE_LIMIT_MS);
      await this.#done.add({ id: delivery.id, outcome });
      tell("done");
    } catch (error) {
      onError(delivery.id, error);
      const isPoison = delivery.tries >= MOST_TRIES;
      await this.#fail(delivery, isPoison, error).catch((failed) => onError(delivery.id, failed));
      tell(isPoison ? "poisoned" : "failed");
    }
  }

  async #markDone(batch: ReadonlyArray<{ id: string; outcome: string }>): Promise<undefined[]> {
    await this.#options.store.query(
      `update deliveries set state = 'done', done_at = now(), payload = '', outcome = given.outcome
       from unnest($1::text[], $2::text[]) as given (id, outcome)
       where deliveries.id = given.id and state = 'waiting'`,
      [batch.map(({ id }) => id), batch.map(({ outcome }) => outcome)],
    );
    return batch.map(() => undefined);
  }

  async #fail(delivery: Taken, isPoison: boolean, error: unknown): Promise<void> {
    const words = error instanceof Error ? error.message : String(error);
    await this.#options.store.query(
      `update deliveries set state = $2, outcome = $3, due_at = now() + $4 * interval '1 second'
       where id = $1 and state = 'waiting'`,
      [
        delivery.id,
        isPoison ? "poisoned" : "waiting",
        this.#redact(words).replaceAll("\0", "").slice(0, ERROR_CHARACTERS),
        PAUSES_SECONDS[delivery.tries - 1] ?? 0,
      ],
    );
  }

  #look(): void {
    this.#looking = this.#takeDue()
      .catch((error) => this.#options.onError("", error))
      .finally(() => {
        if (!this.#closed) this.#timer = setTimeout(() => this.#look(), LOOK_EVERY_MS);
      });
  }

  async #takeDue(): Promise<void> {
    const room = AT_ONCE - this.#working.size - this.#waiting.length;
    if (room <= 0) return;
    const rows = await this.#options.store.query<{
      id: string;
      name: string;
      payload: string;
      tries: number;
      state: string;
    }>(TAKE, [room, LEASE_SECONDS, MOST_TRIES]);
    for (const { id, name, payload, tries, state } of rows) {
      if (state === "poisoned") this.#options.onEvent?.({ type: "poisoned", name, seconds: 0 });
      else if (!this.#mine.has(id)) this.#enter({ id, name, payload: JSON.parse(payload), tries });
    }
  }

  /** What is worked on for long, or waits for its turn here, stays this process's. */
  async #renew(): Promise<void> {
    if (this.#mine.size === 0) return;
    await this.#options.store.pool
      .query(
        `update deliveries set due_at = now() + $2 * interval '1 second'
         where id = any($1) and state = 'waiting'`,
        [[...this.#mine], LEASE_SECONDS],
      )
      .catch((error) => this.#options.onError("", error));
  }
}

/** Each taking counts as a try, so that one that kills whoever works on it is put aside too. */
const TAKE = `
  update deliveries set
    tries = tries + 1,
    due_at = now() + $2 * interval '1 second',
    state = case when tries >= $3 then 'poisoned' else 'waiting' end
  where id in (
    select id from deliveries where state = 'waiting' and due_at <= now()
    order by due_at limit $1 for update skip locked
  )
  returning id, name, payload, tries, state
`;
