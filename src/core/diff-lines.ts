/** The lines of a file's new version that its patch shows, each with the hunk it is in, counted from 0. */
export function shownLines(patch: string): ReadonlyMap<number, number> {
  const lines = new Map<number, number>();
  let hunk = -1;
  let line = 0;
  for (const text of patch.split("\n")) {
    const start = /^@@ -\d+(?:,\d+)? \+(\d+)/.exec(text);
    if (start !== null) {
      hunk++;
      line = Number(start[1]);
    } else if (hunk >= 0 && !text.startsWith("-") && !text.startsWith("\\")) {
      lines.set(line++, hunk);
    }
  }
  return lines;
}
