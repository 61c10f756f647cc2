import type { ChangedFile } from "./events.ts";

/** The status letters of `git diff --raw`. */
const STATUSES: Record<string, ChangedFile["status"]> = {
  A: "added",
  C: "added",
  D: "deleted",
  M: "modified",
  R: "renamed",
  T: "type-changed",
};

/**
 * Reads `git diff-tree -r -z --raw --numstat`: all raw records, then all counts, in the same order.
 * A renamed file has two paths. Paths are as they are in the repository, so they
 * may hold anything but NUL.
 */
export function parseChanges(output: string): ChangedFile[] {
  const fields = output.split("\0");
  const files: ChangedFile[] = [];
  let index = 0;
  while (fields[index]?.startsWith(":")) {
    const letter = fields[index]?.split(" ").at(-1)?.[0] ?? "M";
    const paths = letter === "R" || letter === "C" ? 2 : 1;
    const path = fields[index + paths] ?? "";
    files.push({
      path,
      ...(letter === "R" ? { from: fields[index + 1] ?? "" } : {}),
      status: STATUSES[letter] ?? "modified",
      added: null,
      deleted: null,
    });
    index += 1 + paths;
  }
  for (const file of files) {
    const [added, deleted, path] = (fields[index] ?? "").split("\t");
    file.added = count(added);
    file.deleted = count(deleted);
    // With an empty path, the old and the new name follow as fields of their own.
    index += path === "" ? 3 : 1;
  }
  return files;
}

/** A binary file has `-` instead of a count. */
function count(text: string | undefined): number | null {
  return text === undefined || !/^\d+$/.test(text) ? null : Number(text);
}
