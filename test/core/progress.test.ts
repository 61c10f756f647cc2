import { describe, expect, it } from "vitest";
import type { Clock } from "../../src/core/clock.ts";
import type { NewJobEvent } from "../../src/core/events.ts";
import { createProgressReporter } from "../../src/core/progress.ts";
import { retryAfter } from "../../src/core/retry-after.ts";

/** Time that stands still until it is moved; what is due runs in its order. */
class FakeClock implements Clock {
  #now = 1_000_000;
  #timers = new Set<{ at: number; callback: () => void }>();
  now = () => this.#now;
  after(delay: number, callback: () => void): () => void {
    const timer = { at: this.#now + delay, callback };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }
  async advance(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    for (;;) {
      await settle();
      const [next] = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
    }
    this.#now = end;
    await settle();
  }
}
const settle = () => new Promise((resolve) => setImmediate(resolve));

function setup(publish?: (text: string, signal: AbortSignal) => Promise<void>) {
  const clock = new FakeClock();
  const published: { at: number; text: string }[] = [];
  const reporter = createProgressReporter({
    clock,
    render: (state, now) => `${state.summary ?? "-"} ${now - (state.startedAt ?? now)} ms`,
    publish: async (text, signal) => {
      published.push({ at: clock.now() - 1_000_000, text });
      await publish?.(text, signal);
    },
  });
  const event = (event: NewJobEvent) => reporter.event({ ...event, at: clock.now() });
  const say = (summary: string) => event({ type: "agent-finished", summary });
  return { clock, published, reporter, say, event };
}

describe("while the job runs", () => {
  it("the first news go out at once, later ones at most every three seconds, the newest only", async () => {
    const { clock, published, say } = setup();
    for (let at = 0; at < 70; at++) {
      say(`${at}`);
      await clock.advance(100);
    }
    await clock.advance(3_000);
    expect(published.map(({ at }) => at)).toEqual([0, 3_000, 6_000, 9_000]);
    expect(published.map(({ text }) => text.split(" ")[0])).toEqual(["0", "29", "59", "69"]);
  });

  it("an event that changes nothing makes no request, and time alone one in thirty seconds", async () => {
    const { clock, published, say } = setup();
    say("a");
    for (let at = 0; at < 65; at++) {
      await clock.advance(1_000);
      say("a");
    }
    expect(published.map(({ at }) => at)).toEqual([0, 30_000, 60_000]);
  });

  it("a long job slows down, so that an hour stays within what GitHub allows", async () => {
    const { clock, published, say } = setup();
    for (let at = 0; at < 3_600; at++) {
      say(`${at}`);
      await clock.advance(1_000);
    }
    expect(published.length).toBeLessThan(300);
  });

  it("only one request is under way, and what happened meanwhile follows it", async () => {
    const answers: (() => void)[] = [];
    const { clock, published, say } = setup(() => new Promise((done) => void answers.push(done)));
    say("a");
    await clock.advance(10_000);
    say("b");
    await clock.advance(10_000);
    expect(published).toHaveLength(1);
    answers[0]?.();
    await clock.advance(3_000);
    expect(published.map(({ text }) => text[0])).toEqual(["a", "b"]);
  });

  it("a failure waits as long as it asks to, and disturbs nobody", async () => {
    let failures = 1;
    const { clock, published, say } = setup(async () => {
      if (failures-- > 0) throw Object.assign(new Error("slow down"), { retryAfter: 20 });
    });
    say("a");
    await clock.advance(5_000);
    say("b");
    await clock.advance(20_000);
    expect(published.map(({ at, text }) => [at, text[0]])).toEqual([
      [0, "a"],
      [20_000, "b"],
    ]);
  });

  it("a view that throws does not disturb the job", async () => {
    const clock = new FakeClock();
    const reporter = createProgressReporter({
      clock,
      render: () => {
        throw new Error("broken view");
      },
      publish: async () => {},
    });
    reporter.event({ type: "agent-finished", summary: "a", at: clock.now() });
    await clock.advance(10_000);
    expect(await reporter.finish()).toMatchObject({ published: false });
  });
});

describe("at the end", () => {
  it("the final text goes out at once, after whatever was under way, and nothing after it", async () => {
    const { clock, published, reporter, say } = setup();
    say("a");
    await clock.advance(500);
    say("b");
    expect(await reporter.finish()).toEqual({ published: true });
    say("c");
    await clock.advance(100_000);
    expect(published.map(({ at, text }) => [at, text[0]])).toEqual([
      [0, "a"],
      [500, "b"],
    ]);
  });

  it("a text that is there already is not sent again", async () => {
    const { clock, published, reporter, say } = setup();
    say("a");
    await clock.advance(0);
    await reporter.finish();
    expect(published).toHaveLength(1);
  });

  it("is tried five times, then the failure is the answer", async () => {
    const { clock, published, reporter, say } = setup(async () => {
      throw new Error("no network");
    });
    say("a");
    const finished = reporter.finish();
    await clock.advance(300_000);
    expect(await finished).toEqual({ published: false, error: new Error("no network") });
    expect(published).toHaveLength(5);
  });

  it("gives up at once when the process has no more time, also in the middle of a wait", async () => {
    const { clock, published, reporter, say } = setup(async () => {
      throw new Error("no network");
    });
    const giveUp = new AbortController();
    say("a");
    const finished = reporter.finish(giveUp.signal);
    await clock.advance(4_000);
    const attempts = published.length;
    giveUp.abort(new Error("stopping"));
    expect(await finished).toEqual({ published: false, error: new Error("no network") });
    await clock.advance(300_000);
    expect(published).toHaveLength(attempts);
  });

  it("gives up at once also on a request that never answers", async () => {
    const { reporter, say } = setup(() => new Promise(() => {}));
    const giveUp = new AbortController();
    say("a");
    const finished = reporter.finish(giveUp.signal);
    giveUp.abort(new Error("stopping"));
    expect(await finished).toEqual({ published: false, error: new Error("stopping") });
  });

  it("does not wait for a request that never answers", async () => {
    let hangs = true;
    const { clock, published, reporter, say } = setup((_text, signal) => {
      if (!hangs) return Promise.resolve();
      hangs = false;
      return new Promise((_, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason)),
      );
    });
    say("a");
    await clock.advance(0);
    say("b");
    const finished = reporter.finish();
    await clock.advance(60_000);
    expect(await finished).toEqual({ published: true });
    expect(published.at(-1)?.text[0]).toBe("b");
  });
});

it.each([
  [{ retryAfter: 2 }, 2_000],
  [{ response: { headers: { "retry-after": "60" } } }, 60_000],
  [{ response: { headers: {} } }, null],
  [{ retryAfter: "soon" }, null],
  [new Error("x"), null],
  [undefined, null],
])("reads how long %j asks to wait", (error, expected) => {
  expect(retryAfter(error)).toBe(expected);
});
