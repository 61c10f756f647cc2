import { vi } from "vitest";

/** Lets the fake clock run while real requests come and go. */
export async function passTimeUntilSettled(promise: Promise<unknown>): Promise<void> {
  let settled = false;
  const settle = () => {
    settled = true;
  };
  promise.then(settle, settle);
  while (!settled) {
    await vi.advanceTimersByTimeAsync(100);
    await new Promise(setImmediate);
  }
}
