/** Tells when a box has had nothing to do for a while. Waiting, it does not keep the process alive. */
export class IdleTimer {
  readonly #afterMs: number;
  readonly #isBusy: () => boolean;
  readonly #onIdle: () => void;
  #timer: NodeJS.Timeout | undefined;
  #lastActivity: number;

  /**
   * @param options.afterMs 0: never
   * @param options.lastActivity milliseconds since 1970
   */
  constructor(options: {
    afterMs: number;
    isBusy: () => boolean;
    onIdle: () => void;
    lastActivity: number;
  }) {
    this.#lastActivity = options.lastActivity;
    this.#afterMs = options.afterMs;
    this.#isBusy = options.isBusy;
    this.#onIdle = options.onIdle;
  }

  /** Milliseconds since 1970. */
  get lastActivity(): number {
    return this.#lastActivity;
  }

  get isIdle(): boolean {
    return !this.#isBusy() && this.#remaining <= 0;
  }

  /** Called with every command: it moves no timer, the one that goes looks at the time when it ends. */
  touch(): void {
    this.#lastActivity = Date.now();
  }

  start(): void {
    this.touch();
    this.restart();
  }

  /** Waits for the rest of the time. */
  restart(): void {
    this.stop();
    this.#arm();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  get #remaining(): number {
    return this.#lastActivity + this.#afterMs - Date.now();
  }

  #arm(): void {
    if (this.#afterMs === 0) return;
    const wait = this.#isBusy() ? this.#afterMs : this.#remaining;
    this.#timer = setTimeout(
      () => {
        if (this.isIdle) this.#onIdle();
        else this.#arm();
      },
      Math.max(wait, 1),
    ).unref();
  }
}
