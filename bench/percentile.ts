/**
 * The nearest-rank percentile.
 * @param rank 50 for the median
 */
export function percentile(values: readonly number[], rank: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil((rank / 100) * sorted.length) - 1)];
  if (value === undefined) throw new Error("There is no percentile of no values.");
  return value;
}
