export interface InjectedFailure {
  method: string;
  /** Matched against the path without `/api/v3`. */
  path: RegExp;
  status: number;
  headers?: Record<string, string>;
  body?: Record<string, unknown>;
  /** @default 1 */
  times?: number;
}

/** Failures that a test asked for. */
export class InjectedFailures {
  readonly #waiting: { failure: InjectedFailure; left: number }[] = [];

  add(failure: InjectedFailure): void {
    this.#waiting.push({ failure, left: failure.times ?? 1 });
  }

  /** The failure this request meets, if any. */
  take(method: string, path: string) {
    const next = this.#waiting.find(
      ({ failure, left }) => left > 0 && failure.method === method && failure.path.test(path),
    );
    if (!next) return undefined;
    next.left--;
    const { status, headers = {}, body = { message: "Injected failure" } } = next.failure;
    return { status, headers, body };
  }
}
