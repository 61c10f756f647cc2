import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pickNext, type Waiting } from "../../../src/app/jobs/pick-next.ts";

const ROOM = { total: 3, perInstallation: 2 };
const NEVER = new Map<number, number>();

function job(id: string, own: Partial<Waiting> = {}): Waiting {
  return { id, installation: 1, threadKey: id, branchKey: id, cancelled: false, ...own };
}

describe("the next turn", () => {
  it("is the first one's", () => {
    expect(pickNext([job("a"), job("b")], [], ROOM, NEVER)?.id).toBe("a");
  });

  it("is nobody's when all places are taken", () => {
    const running = ["x", "y", "z"].map((id, index) => job(id, { installation: index }));
    expect(pickNext([job("a", { installation: 9 })], running, ROOM, NEVER)).toBeNull();
  });

  it("is another installation's when the first has all its places", () => {
    const queued = [job("a"), job("b", { installation: 2 })];
    expect(pickNext(queued, [job("x"), job("y")], ROOM, NEVER)?.id).toBe("b");
  });

  it("goes round among installations that have the same number of jobs running", () => {
    const queued = [job("a"), job("b", { installation: 2 })];
    const lastTurn = new Map([
      [1, 20],
      [2, 10],
    ]);
    expect(pickNext(queued, [], ROOM, lastTurn)?.id).toBe("b");
  });

  it("is not somebody's who asked later on the same thread or branch", () => {
    const running = [job("x", { threadKey: "t" })];
    const queued = [
      job("a", { threadKey: "t", branchKey: "b" }),
      job("b", { branchKey: "b" }),
      job("c"),
    ];
    expect(pickNext(queued, running, ROOM, NEVER)?.id).toBe("c");
  });

  it("is a cancelled job's before all others, whatever is taken: it only has to say so", () => {
    const running = ["x", "y", "z"].map((id) => job(id));
    const queued = [job("a"), job("b", { threadKey: "x", cancelled: true })];
    expect(pickNext(queued, running, ROOM, NEVER)?.id).toBe("b");
  });
});

const jobs = fc.array(
  fc.record({
    installation: fc.integer({ min: 1, max: 4 }),
    thread: fc.integer({ min: 1, max: 6 }),
    branch: fc.integer({ min: 1, max: 6 }),
  }),
  { maxLength: 30 },
);

it("whatever the queue: all have a turn, none two of a thread or branch at once, in their order", () => {
  fc.assert(
    fc.property(
      jobs,
      fc.integer({ min: 1, max: 5 }),
      fc.infiniteStream(fc.nat()),
      (all, total, choices) => {
        let queued = all.map(({ installation, thread, branch }, index) =>
          job(`${index}`, { installation, threadKey: `${thread}`, branchKey: `${branch}` }),
        );
        const room = { total, perInstallation: Math.max(1, total - 1) };
        const lastTurn = new Map<number, number>();
        let running: Waiting[] = [];
        const begun: Waiting[] = [];
        for (let turn = 1; queued.length > 0 || running.length > 0; turn++) {
          const next = pickNext(queued, running, room, lastTurn);
          if (next === null) {
            expect(running).not.toEqual([]);
            const ends = running[Number(choices.next().value) % running.length];
            running = running.filter((one) => one !== ends);
            continue;
          }
          for (const other of running) {
            expect(other.threadKey).not.toBe(next.threadKey);
            expect(other.branchKey).not.toBe(next.branchKey);
          }
          const earlier = begun.filter(({ threadKey }) => threadKey === next.threadKey);
          for (const one of earlier) expect(Number(one.id)).toBeLessThan(Number(next.id));
          lastTurn.set(next.installation, turn);
          queued = queued.filter((one) => one !== next);
          running = [...running, next];
          begun.push(next);
          expect(running.length).toBeLessThanOrEqual(total);
        }
        expect(begun).toHaveLength(all.length);
      },
    ),
  );
});
