import { stripVTControlCharacters } from "node:util";
import { stripInvisible } from "../core/strip-invisible.ts";

/** Columns of text for a terminal; outside text in them can neither colour it nor begin a line. */
export function table(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const lines = [head, ...rows].map((row) => row.map(plain));
  const widths = head.map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .filter((line) => line !== "")
    .map((line) => `${line}\n`)
    .join("");
}

function plain(text: string): string {
  return stripInvisible(stripVTControlCharacters(text)).replace(/\s+/g, " ").trim();
}
