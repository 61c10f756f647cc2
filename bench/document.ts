import { z } from "zod";

/** One figure as it was measured. */
export const MeasuredFigure = z.strictObject({
  name: z.string().min(1),
  /** Null when it could not be measured; then `skipped` or `error` says why. */
  value: z.number().nonnegative().nullable(),
  unit: z.enum(["ratio", "ms", "MB/s", "MB", "events/s"]),
  bar: z.number().positive(),
  good: z.enum(["at most", "at least"]),
  /** Whether the value is on the good side of the bar; null when there is no value. */
  ok: z.boolean().nullable(),
  baseline: z.string().min(1),
  /** The numbers that the value was made from. */
  details: z.record(z.string(), z.number()).optional(),
  /** Why this host cannot measure it: something is missing that the product does not need. */
  skipped: z.string().optional(),
  /** Why measuring it failed. */
  error: z.string().optional(),
});
export type MeasuredFigure = z.infer<typeof MeasuredFigure>;

/** What `npm run bench -- --json` prints. */
export const BenchDocument = z.strictObject({ figures: z.array(MeasuredFigure) });
export type BenchDocument = z.infer<typeof BenchDocument>;
