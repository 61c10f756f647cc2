import type { Figure } from "../figure.ts";
import { ratio } from "../ratio.ts";
import { measureSnapshots } from "../support/measure-snapshots.ts";

/** What the size of a box adds to taking a snapshot of it. */
export const snapshotTake: Figure = {
  name: "snapshot-take",
  unit: "ratio",
  bar: 1.5,
  good: "at most",
  baseline:
    "box.snapshot of an idle box with 30 000 files (300 MB), against the same of one with a single file, each of a box that has just been made and filled",
  samples: 15,
  measure: async (samples) => ratio(await measureSnapshots(samples)),
};
