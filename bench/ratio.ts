import type { Times } from "./interleave.ts";
import { percentile } from "./percentile.ts";

/** The median of the one side in medians of the other, with the times it was made from. */
export function ratio({ subject, baseline }: Times) {
  const details = {
    p50Milliseconds: percentile(subject, 50),
    p95Milliseconds: percentile(subject, 95),
    baselineP50Milliseconds: percentile(baseline, 50),
    baselineP95Milliseconds: percentile(baseline, 95),
    samples: subject.length,
  };
  return { value: details.p50Milliseconds / details.baselineP50Milliseconds, details };
}
