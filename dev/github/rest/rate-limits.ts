import type { Caller } from "../access.ts";
import type { Clock } from "../world.ts";
import { HttpError } from "./errors.ts";

/** GitHub's documented bound on content-creating requests of one token in a minute. */
export const CONTENT_REQUESTS_A_MINUTE = 80;

const PRIMARY_LIMIT = 5000;
const ANONYMOUS_LIMIT = 60;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** Counts requests and refuses those over the secondary limit. */
export class RateLimits {
  readonly #clock: Clock;
  readonly #contentLimit: number;
  readonly #content = new Map<string, number[]>();
  readonly #used = new Map<string, { since: number; count: number }>();

  constructor(clock: Clock, contentLimit = CONTENT_REQUESTS_A_MINUTE) {
    this.#clock = clock;
    this.#contentLimit = contentLimit;
  }

  check(caller: Caller, method: string, path: string): void {
    if (method === "GET" || method === "HEAD" || !path.startsWith("/repos/")) return;
    const now = this.#clock.now();
    const key = keyOf(caller);
    const recent = (this.#content.get(key) ?? []).filter((at) => at > now - MINUTE_MS);
    this.#content.set(key, recent);
    const [oldest = now] = recent;
    if (recent.length >= this.#contentLimit) {
      const wait = Math.max(1, Math.ceil((oldest + MINUTE_MS - now) / 1000));
      throw new HttpError(
        403,
        {
          message:
            "You have exceeded a secondary rate limit and have been temporarily blocked from content creation. Please retry your request again later.",
        },
        { "retry-after": String(wait) },
      );
    }
    recent.push(now);
  }

  /** Counts one request and returns the headers that every answer carries. */
  headers(caller: Caller): Record<string, string> {
    const state = this.state(caller, true);
    return {
      "x-ratelimit-limit": String(state.limit),
      "x-ratelimit-remaining": String(state.remaining),
      "x-ratelimit-reset": String(state.reset),
      "x-ratelimit-used": String(state.used),
      "x-ratelimit-resource": "core",
    };
  }

  state(caller: Caller, count = false) {
    const now = this.#clock.now();
    const key = keyOf(caller);
    let window = this.#used.get(key);
    if (!window || window.since + HOUR_MS <= now) window = { since: now, count: 0 };
    this.#used.set(key, window);
    if (count) window.count++;
    const limit = caller.kind === "anonymous" ? ANONYMOUS_LIMIT : PRIMARY_LIMIT;
    return {
      limit,
      used: window.count,
      // The primary limit is shown and never enforced: a bench may go over it.
      remaining: Math.max(0, limit - window.count),
      reset: Math.ceil((window.since + HOUR_MS) / 1000),
    };
  }
}

function keyOf(caller: Caller): string {
  if (caller.kind === "anonymous") return "";
  return caller.kind === "app" ? `app ${caller.app.id}` : caller.token.token;
}
