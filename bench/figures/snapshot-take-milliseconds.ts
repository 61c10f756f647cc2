import type { Figure } from "../figure.ts";
import { ratio } from "../ratio.ts";
import { measureSnapshots } from "../support/measure-snapshots.ts";

/** How long somebody waits for a snapshot of an idle box. */
export const snapshotTakeMilliseconds: Figure = {
  name: "snapshot-take-milliseconds",
  unit: "ms",
  bar: 150,
  good: "at most",
  baseline:
    "none: the p50 of box.snapshot over HTTP, of an idle box with 30 000 files (300 MB); see snapshot-take for the ratio",
  samples: 15,
  async measure(samples) {
    const { details } = ratio(await measureSnapshots(samples));
    return { value: details.p50Milliseconds, details };
  },
};
