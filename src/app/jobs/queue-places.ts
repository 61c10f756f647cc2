/** A live job, as far as its place in the line goes. */
export interface InLine {
  id: string;
  state: "queued" | "running";
  threadKey: string;
  branchKey: string;
}

/** Why a job waits, and how many come before it. */
export interface Place {
  because: "thread" | "room";
  before: number;
}

/**
 * Places further back are told in steps: each job that ends moves everybody, and GitHub allows some five
 * hundred edits an hour.
 */
const TOLD = [0, 1, 2, 3, 4, 5, 10, 20, 50, 100, 200, 500, 1_000];

/**
 * The place of each job that waits: behind others of its own thread or branch, or else behind those that
 * wait for room as it does.
 * @param live all jobs that have not ended, in the order of asking
 */
export function queuePlaces(live: readonly InLine[]): Map<string, Place> {
  const places = new Map<string, Place>();
  const before = new Map<string, number>();
  let waiting = 0;
  for (const { id, state, threadKey, branchKey } of live) {
    const keys = [`thread ${threadKey}`, `branch ${branchKey}`];
    const ahead = Math.max(...keys.map((key) => before.get(key) ?? 0));
    if (state === "queued") {
      const place: Place =
        ahead > 0 ? { because: "thread", before: ahead } : { because: "room", before: waiting };
      places.set(id, { ...place, before: toldAs(place.before) });
      if (ahead === 0) waiting++;
    }
    for (const key of keys) before.set(key, (before.get(key) ?? 0) + 1);
  }
  return places;
}

function toldAs(count: number): number {
  return TOLD.findLast((step) => step <= count) ?? count;
}
