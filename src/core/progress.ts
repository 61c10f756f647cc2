import { type Clock, systemClock } from "./clock.ts";
import type { JobEvent } from "./events.ts";
import { fold } from "./fold.ts";
import { retryAfter } from "./retry-after.ts";
import { initialState, type JobState } from "./state.ts";

export interface ProgressOptions {
  /** Pure: the text for a state at a time. Elapsed time must come from `now` alone. */
  render(state: JobState, now: number): string;
  /** Puts the text where people see it. It should give up when the signal is aborted. */
  publish(text: string, signal: AbortSignal): Promise<void>;
  clock?: Clock;
  /** Milliseconds between two publications. Default: 3000. */
  minimumInterval?: number;
  /** Milliseconds after which it is published although only the clock has moved. Default: 30000. */
  heartbeat?: number;
  /** Asked before each publication but the last. Default: there is no limit. */
  pace?: Pace;
  /** The state to go on from. Default: the initial one. */
  state?: JobState;
}

/** Takes one publication out of a limit that several share: 0, or the milliseconds until there is one. */
export type Pace = () => number;

/** Whether the final text arrived. */
export type Finished = { published: true } | { published: false; error: unknown };

export interface ProgressReporter {
  readonly state: JobState;
  event(event: JobEvent): void;
  /**
   * Publishes the final text, whatever was in flight. Never throws; bounded in time.
   * @param giveUp ends the attempts at once: somebody stops the process and will not wait
   */
  finish(giveUp?: AbortSignal): Promise<Finished>;
}

/** When only the clock has moved: often enough to look alive. */
const HEARTBEAT = 30_000;

/** GitHub allows 500 such requests an hour for a whole installation, so long jobs slow down. */
const SLOWER: readonly { after: number; interval: number }[] = [
  { after: 10 * 60_000, interval: 15_000 },
  { after: 3 * 60_000, interval: 10_000 },
  { after: 60_000, interval: 5_000 },
];

/** A request that takes longer is lost; another is made in its place. */
const PUBLISH_TIMEOUT = 30_000;
/** Longer, there is none. */
const LONGEST_TIMER = 24 * 60 * 60_000;
const FINAL_ATTEMPTS = 5;
const LONGEST_WAIT = 60_000;

/**
 * Shows a job's progress from its events: at most one publication every three seconds, only when
 * the text has changed, the newest text only, one request at a time. A publication that fails is
 * made again later and never disturbs the job.
 *
 * @example
 * const progress = createProgressReporter({ render, publish });
 * for await (const event of events) progress.event(event);
 * await progress.finish();
 */
export function createProgressReporter(options: ProgressOptions): ProgressReporter {
  const { render, publish, clock = systemClock, minimumInterval = 3_000 } = options;
  const { heartbeat = HEARTBEAT, pace = () => 0 } = options;
  let state = options.state ?? initialState();
  let published = "";
  let fingerprint = "";
  let publishedAt = Number.NEGATIVE_INFINITY;
  let failures = 0;
  let notBefore = 0;
  let inFlight: Promise<void> | null = null;
  let cancelTimer: (() => void) | null = null;
  let finishing = false;

  const interval = (now: number) => {
    const elapsed = now - (state.startedAt ?? now);
    const slower = SLOWER.find(({ after }) => elapsed >= after)?.interval ?? 0;
    return Math.max(minimumInterval, slower);
  };
  // The text as if no time had passed: a second more on the clock is no news.
  const timeless = () => render(state, state.startedAt ?? 0);

  const attempt = async (text: string, mark: string, giveUp?: AbortSignal): Promise<void> => {
    try {
      await withTimeout((signal) => publish(text, signal), clock, giveUp);
      published = text;
      fingerprint = mark;
      failures = 0;
    } catch (error) {
      failures++;
      notBefore = clock.now() + wait(error, failures, minimumInterval);
      throw error;
    } finally {
      publishedAt = clock.now();
    }
  };

  const schedule = () => {
    if (finishing || inFlight !== null || cancelTimer !== null || state.startedAt === null) return;
    const now = clock.now();
    const due = Math.max(publishedAt + interval(now), notBefore);
    cancelTimer = clock.after(Math.max(0, due - now), look);
  };

  const look = () => {
    cancelTimer = null;
    if (finishing) return;
    const now = clock.now();
    try {
      const mark = timeless();
      if (mark === fingerprint && now - publishedAt < heartbeat) {
        if (heartbeat < LONGEST_TIMER)
          cancelTimer = clock.after(publishedAt + heartbeat - now, look);
        return;
      }
      // That it was heard is said at once.
      const pause = publishedAt === Number.NEGATIVE_INFINITY ? 0 : pace();
      if (pause > 0) {
        cancelTimer = clock.after(pause, look);
        return;
      }
      // `finish` tells of failures; here the next attempt is the answer.
      inFlight = attempt(render(state, now), mark).catch(() => {});
    } catch {
      // A view that throws must not take the job down with it.
      inFlight = null;
      publishedAt = now;
      return;
    }
    void inFlight.then(() => {
      inFlight = null;
      schedule();
    });
  };

  return {
    get state() {
      return state;
    },
    event(event) {
      state = fold(state, event);
      // A heartbeat may be far away: news is due earlier.
      if (inFlight === null) {
        cancelTimer?.();
        cancelTimer = null;
      }
      schedule();
    },
    async finish(giveUp) {
      finishing = true;
      cancelTimer?.();
      let error: unknown;
      try {
        await unless(giveUp, inFlight);
        for (let attempts = 0; attempts < FINAL_ATTEMPTS; attempts++) {
          try {
            if (clock.now() < notBefore) await pause(notBefore - clock.now(), clock, giveUp);
            const text = render(state, clock.now());
            if (text !== published) await attempt(text, "", giveUp);
            return { published: true };
          } catch (thrown) {
            giveUp?.throwIfAborted();
            error = thrown;
          }
        }
      } catch (thrown) {
        error ??= thrown;
      }
      return { published: false, error };
    },
  };
}

function wait(error: unknown, failures: number, minimumInterval: number): number {
  const backoff = minimumInterval * 2 ** Math.min(failures - 1, 5);
  return Math.min(LONGEST_WAIT, Math.max(retryAfter(error) ?? 0, backoff));
}

async function pause(delay: number, clock: Clock, giveUp?: AbortSignal): Promise<void> {
  let cancel = () => {};
  const over = new Promise<void>((resolve) => {
    cancel = clock.after(delay, resolve);
  });
  try {
    await unless(giveUp, over);
  } finally {
    cancel();
  }
}

/** Waits for `work`, but not longer than until `giveUp` is aborted. */
async function unless<T>(giveUp: AbortSignal | undefined, work: T): Promise<Awaited<T>> {
  if (giveUp === undefined) return await work;
  let abandon = () => {};
  const abandoned = new Promise<never>((_, reject) => {
    abandon = () => reject(giveUp.reason);
    giveUp.addEventListener("abort", abandon);
    if (giveUp.aborted) abandon();
  });
  try {
    return await Promise.race([work, abandoned]);
  } finally {
    giveUp.removeEventListener("abort", abandon);
  }
}

async function withTimeout(
  work: (signal: AbortSignal) => Promise<void>,
  clock: Clock,
  giveUp?: AbortSignal,
): Promise<void> {
  const controller = new AbortController();
  let cancel = () => {};
  const timeout = new Promise<never>((_, reject) => {
    cancel = clock.after(PUBLISH_TIMEOUT, () => {
      const error = new Error(`no answer within ${PUBLISH_TIMEOUT / 1_000} s`);
      controller.abort(error);
      reject(error);
    });
  });
  try {
    await unless(giveUp, Promise.race([work(controller.signal), timeout]));
  } catch (error) {
    controller.abort(error);
    throw error;
  } finally {
    cancel();
  }
}
