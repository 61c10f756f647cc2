export interface DiffFile {
  path: string;
  previousPath: string | null;
  status: "added" | "removed" | "modified" | "renamed" | "copied" | "changed";
  sha: string;
  additions: number;
  deletions: number;
  /** Hunks without the header lines, as the REST API gives them; `null` for binary files. */
  patch: string | null;
}

const STATUS: Record<string, DiffFile["status"]> = {
  A: "added",
  D: "removed",
  M: "modified",
  R: "renamed",
  C: "copied",
  T: "changed",
};

/** Reads `git diff --raw --numstat -p -z`: one process gives statuses, counts and patches. */
export function parseDiff(output: Buffer): DiffFile[] {
  const text = output.toString();
  let at = 0;
  const field = () => {
    const end = text.indexOf("\0", at);
    const value = text.slice(at, end);
    at = end + 1;
    return value;
  };
  const files: DiffFile[] = [];
  while (text[at] === ":") {
    const [, , before = "", after = "", letter = "M"] = field().split(" ");
    const status = STATUS[letter[0] ?? "M"] ?? "modified";
    const moved = status === "renamed" || status === "copied";
    const previousPath = moved ? field() : null;
    const sha = status === "removed" ? before : after;
    files.push({
      path: field(),
      previousPath,
      status,
      sha,
      additions: 0,
      deletions: 0,
      patch: null,
    });
  }
  for (const file of files) {
    const [additions = "0", deletions = "0"] = field().split("\t");
    if (file.previousPath !== null) {
      field();
      field();
    }
    // "-" stands for a binary file, for which GitHub says 0.
    file.additions = Number(additions) || 0;
    file.deletions = Number(deletions) || 0;
  }
  const patches = text
    .slice(at)
    .replace(/^\0/, "")
    .split(/^diff --git .*$/m)
    .slice(1);
  for (const [index, file] of files.entries()) file.patch = hunks(patches[index]);
  return files;
}

function hunks(patch = ""): string | null {
  const start = patch.search(/^@@ /m);
  return start === -1 ? null : patch.slice(start).replace(/\n$/, "");
}
