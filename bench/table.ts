import type { MeasuredFigure } from "./document.ts";

/** A figure's lines for people: the value and its bar, then what it was compared with. */
export function tableLines(figure: MeasuredFigure): string {
  const bar = `${figure.good} ${figure.bar}`;
  const columns = [
    figure.name.padEnd(34),
    amount(figure).padStart(12),
    bar.padEnd(14),
    verdict(figure),
  ];
  const notes = [figure.baseline, numbers(figure), figure.skipped, figure.error];
  return [columns.join("  "), ...notes.flatMap((note) => (note ? [`    ${note}`] : []))].join("\n");
}

function amount({ value, unit }: MeasuredFigure): string {
  if (value === null) return "–";
  return unit === "ratio" ? `${value.toFixed(2)} ×` : `${value.toFixed(1)} ${unit}`;
}

function verdict({ ok, skipped }: MeasuredFigure): string {
  if (ok === null) return skipped === undefined ? "FAILED" : "skipped";
  return ok ? "ok" : "MISSED";
}

function numbers({ details = {} }: MeasuredFigure): string {
  return Object.entries(details)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
}
