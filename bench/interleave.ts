/** Measures one time and returns its milliseconds; preparing and tidying up are not in them. */
export type Sample = () => Promise<number>;

/** Times of both sides in milliseconds, in the order they were taken. */
export interface Times {
  subject: number[];
  baseline: number[];
}

/** The first runs pay for compiling, caches and connections, on both sides. */
const WARM_UP = 3;

/**
 * Takes samples of both sides in turn (A B A B …), so that what else goes on in this machine hits
 * both alike and their ratio stands.
 */
export async function interleave(sides: {
  subject: Sample;
  baseline: Sample;
  samples: number;
}): Promise<Times> {
  const times: Times = { subject: [], baseline: [] };
  for (let round = -WARM_UP; round < sides.samples; round++) {
    const subject = await sides.subject();
    const baseline = await sides.baseline();
    if (round < 0) continue;
    times.subject.push(subject);
    times.baseline.push(baseline);
  }
  return times;
}
