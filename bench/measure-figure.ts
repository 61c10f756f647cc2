import type { MeasuredFigure } from "./document.ts";
import type { Figure } from "./figure.ts";

/** Measures a figure and holds it against its bar. A figure that cannot be measured says why. */
export async function measureFigure(figure: Figure, samples?: number): Promise<MeasuredFigure> {
  const { name, unit, bar, good, baseline } = figure;
  const head = { name, unit, bar, good, baseline };
  try {
    const measured = await figure.measure(samples ?? figure.samples);
    if ("skipped" in measured) return { ...head, value: null, ok: null, ...measured };
    const value = rounded(measured.value);
    const ok = good === "at most" ? value <= bar : value >= bar;
    const details = Object.entries(measured.details).map(([key, number]) => [key, rounded(number)]);
    return { ...head, value, ok, details: Object.fromEntries(details) };
  } catch (error) {
    return { ...head, value: null, ok: null, error: (error as Error).stack ?? String(error) };
  }
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
