/** Something that has to be done again and again. */
export interface Chore {
  name: string;
  everyMs: number;
  work(): Promise<unknown>;
}

/** Does chores beside the App's work, the first time at once, and goes on when one fails. */
export class Janitor {
  readonly #onError: (chore: string, error: unknown) => void;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #working = new Set<Promise<void>>();
  #closed = false;

  constructor(onError: (chore: string, error: unknown) => void) {
    this.#onError = onError;
  }

  start(chore: Chore): void {
    if (this.#closed) return;
    const work = chore
      .work()
      .catch((error) => this.#onError(chore.name, error))
      .then(() => {
        this.#working.delete(work);
        if (this.#closed) return;
        const timer = setTimeout(() => {
          this.#timers.delete(timer);
          this.start(chore);
        }, chore.everyMs);
        // Nobody waits for it.
        timer.unref();
        this.#timers.add(timer);
      });
    this.#working.add(work);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.all(this.#working);
  }
}
