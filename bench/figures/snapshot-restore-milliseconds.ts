import type { Figure } from "../figure.ts";
import { ratio } from "../ratio.ts";
import { measureRestores } from "../support/measure-snapshots.ts";

/** How long somebody waits for a box from a snapshot, until its first output. */
export const snapshotRestoreMilliseconds: Figure = {
  name: "snapshot-restore-milliseconds",
  unit: "ms",
  bar: 150,
  good: "at most",
  baseline:
    'none: the p50 of Box.fromSnapshot and exec.command("echo hi") over HTTP, of 30 000 files (300 MB); see snapshot-restore for the ratio',
  samples: 50,
  async measure(samples) {
    const { details } = ratio(await measureRestores(samples));
    return { value: details.p50Milliseconds, details };
  },
};
