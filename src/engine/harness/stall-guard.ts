/** Longer than any test suite that an agent waits for; a program that hangs says nothing for ever. */
const LIMIT_MINUTES = 60;

/** Ends a run whose program has said nothing for an hour (OpenCode is known to hang: harnesses §4). */
export class StallGuard {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;

  constructor(limitMs = LIMIT_MINUTES * 60_000) {
    this.#timer = setTimeout(() => {
      const reason = `The agent said nothing for ${LIMIT_MINUTES} minutes and was ended; ask for less at a time.`;
      this.#controller.abort(new Error(reason));
    }, limitMs);
    this.#timer.unref();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** It said something. */
  touch(): void {
    if (!this.signal.aborted) this.#timer.refresh();
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}
