import { setTimeout as sleep } from "node:timers/promises";
import { isOutage } from "./is-outage.ts";
import type { JobPorts } from "./ports.ts";
import { retryAfter } from "./retry-after.ts";

/** Outages of GitHub that are worth waiting for end within minutes; people see the job wait. */
const PATIENCE_MS = 10 * 60_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

/**
 * Does a step again while GitHub or the box service cannot be reached: steps find what they had made.
 * @param work told whether somebody may have begun with it before
 * @param limitMs how long it is tried
 */
export async function patiently<T>(
  work: (again: boolean) => Promise<T>,
  { signal, resumed }: JobPorts,
  limitMs = PATIENCE_MS,
): Promise<T> {
  let until = Number.POSITIVE_INFINITY;
  let again = resumed !== null;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(LONGEST_PAUSE_MS, pause * 2)) {
    const began = performance.now();
    try {
      return await work(again);
    } catch (error) {
      // One that was at work for long was no failure from the start: patience begins anew.
      const now = performance.now();
      if (until === Number.POSITIVE_INFINITY || now - began > limitMs) until = now + limitMs;
      if (signal.aborted || performance.now() > until || !isOutage(error)) throw error;
      again = true;
      await sleep(Math.max(pause, retryAfter(error) ?? 0), undefined, { signal });
    }
  }
}
