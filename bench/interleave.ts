/** Measures one time and returns its milliseconds; preparing and tidying up are not in them. */
export type Sample = () => Promise<number>;

/** Times of both sides in milliseconds, in the order they were taken. */
export interface Times {
  subject: number[];
  baseline: number[];
}

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
  for (let round = -warmUpRounds(sides.samples); round < sides.samples; round++) {
    const subject = await sides.subject();
    const baseline = await sides.baseline();
    if (round < 0) continue;
    times.subject.push(subject);
    times.baseline.push(baseline);
  }
  return times;
}

/**
 * Rounds that do not count: the first ones pay for compiling, caches and connections. The shorter a
 * sample is, the more of them are taken, and the more compiling weighs.
 */
export function warmUpRounds(samples: number): number {
  return Math.max(2, Math.ceil(samples / 4));
}
