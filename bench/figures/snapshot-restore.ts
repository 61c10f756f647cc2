import type { Figure } from "../figure.ts";
import { ratio } from "../ratio.ts";
import { measureRestores } from "../support/measure-snapshots.ts";

/** What the size of a snapshot adds to making a box from it. */
export const snapshotRestore: Figure = {
  name: "snapshot-restore",
  unit: "ratio",
  bar: 1.5,
  good: "at most",
  baseline:
    'Box.fromSnapshot of 30 000 files (300 MB) and exec.command("echo hi") over HTTP, against the same of a snapshot with a single file',
  samples: 50,
  measure: async (samples) => ratio(await measureRestores(samples)),
};
