/** A box that dies is started again after this, doubled each time that it dies or fails at once. */
const RESTART_DELAY_MS = 500;
const LONGEST_RESTART_DELAY_MS = 60_000;
/** A box that has lived this long did not die at once. */
const SETTLED_MS = 60_000;

/** Starts a keep-alive box again whenever it does not run. */
export class KeepAlive {
  readonly #start: () => Promise<unknown>;
  #startedAt = 0;
  #delayMs = RESTART_DELAY_MS;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  /** @param start starts the box if it does not run */
  constructor(start: () => Promise<unknown>) {
    this.#start = start;
  }

  /** Now; a failure is tried again. */
  start(): void {
    if (this.#stopped) return;
    this.#start().catch(() => this.restart());
  }

  /** After a while, which is longer each time. */
  restart(): void {
    if (this.#stopped || this.#timer !== undefined) return;
    if (this.#startedAt > 0 && Date.now() - this.#startedAt > SETTLED_MS) {
      this.#delayMs = RESTART_DELAY_MS;
    }
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.start();
    }, this.#delayMs).unref();
    this.#delayMs = Math.min(this.#delayMs * 2, LONGEST_RESTART_DELAY_MS);
  }

  /** To be told of each start that has succeeded. */
  started(): void {
    this.#startedAt = Date.now();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }
}
