import { BoxError } from "./box-error.ts";

/** Above this, `setTimeout` overflows and fires at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * One abort signal out of a time limit and the caller's signal, that leaves no timer and no listener
 * behind once it was cleared. (`AbortSignal.any` and `AbortSignal.timeout` cannot be taken back.)
 */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #limit: number | undefined;
  readonly #parent: AbortSignal | undefined;
  readonly #timer: ReturnType<typeof setTimeout> | undefined;
  #fired: "timeout" | "aborted" | undefined;

  /** @param limit Milliseconds; undefined, 0 and infinity mean no limit. */
  constructor(limit: number | undefined, parent: AbortSignal | undefined) {
    this.#parent = parent;
    if (parent?.aborted) {
      this.#onParentAbort();
      return;
    }
    parent?.addEventListener("abort", this.#onParentAbort, { once: true });
    if (limit !== undefined && limit > 0 && limit <= MAX_TIMER_MS) {
      this.#limit = limit;
      this.#timer = setTimeout(() => this.#fire("timeout", undefined), limit);
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether the limit or the caller's signal ended this, not {@link Deadline.release}. */
  get fired(): boolean {
    return this.#fired !== undefined;
  }

  /** Stops watching; the signal does not fire by itself any more. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#parent?.removeEventListener("abort", this.#onParentAbort);
  }

  /** Stops watching and closes what still uses the signal. */
  release(): void {
    this.clear();
    this.#controller.abort();
  }

  /** The error to throw for what an operation under this deadline failed with. */
  toError(error: unknown, operation: string): BoxError {
    if (BoxError.isInstance(error)) return error;
    if (this.#fired === "timeout") {
      return new BoxError(
        "timeout",
        `${operation} took longer than ${this.#limit} ms. Pass a longer timeout.`,
        { cause: error },
      );
    }
    if (this.#fired === "aborted") {
      return new BoxError("aborted", `${operation} was aborted by its signal.`, {
        cause: this.#parent?.reason,
      });
    }
    return new BoxError(
      "network",
      `${operation} lost its connection (${reason(error)}). Check the network and UPSTASH_BOX_BASE_URL.`,
      { cause: error },
    );
  }

  readonly #onParentAbort = () => this.#fire("aborted", this.#parent?.reason);

  #fire(why: "timeout" | "aborted", cause: unknown): void {
    this.#fired ??= why;
    this.clear();
    this.#controller.abort(cause);
  }
}

/** Node says only "fetch failed" or "terminated"; what happened is in the cause. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof Error) {
    const { code } = cause as { code?: unknown };
    return cause.message !== "" ? cause.message : String(code ?? cause.name);
  }
  return error.message;
}
