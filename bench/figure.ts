/** One number that the bench measures, and the bar that it is held to. Each is one file in `figures/`. */
export interface Figure {
  name: string;
  unit: "ratio" | "ms" | "MB/s" | "MB" | "events/s";
  bar: number;
  /** Which side of the bar is the good one. */
  good: "at most" | "at least";
  /** Exactly what the value is compared with, or why there is nothing to compare it with. */
  baseline: string;
  /** Measurements of each side when nobody asks for another number: 50 where a sample is cheap. */
  samples: number;
  /**
   * Measures. It makes what it needs and leaves nothing behind.
   * @throws whatever keeps it from measuring
   */
  measure(samples: number): Promise<Measured>;
}

/** What was measured, with the numbers behind it; or why it cannot be measured on this host. */
export type Measured = { value: number; details: Record<string, number> } | { skipped: string };
