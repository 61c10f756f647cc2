import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startCron } from "../../../src/engine/schedules/start-cron.ts";

describe("startCron", () => {
  beforeEach(() => {
    // Half past four in the afternoon there, so that a reading in local time would show.
    vi.stubEnv("TZ", "Asia/Kolkata");
    vi.useFakeTimers({ now: new Date("2026-11-24T10:59:30Z") });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllEnvs();
  });

  it("fires at the times of the expression in UTC, until it is stopped", () => {
    const times: string[] = [];
    const stop = startCron("0,30 11 * * *", () => times.push(new Date().toISOString()));
    vi.advanceTimersByTime(3 * 60 * 60_000);
    expect(times).toEqual(["2026-11-24T11:00:00.000Z", "2026-11-24T11:30:00.000Z"]);
    stop();
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(24 * 60 * 60_000);
    expect(times).toHaveLength(2);
  });
});
