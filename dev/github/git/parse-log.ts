export interface Signature {
  name: string;
  email: string;
  /** ISO 8601 with the writer's offset. */
  date: string;
}

export interface Commit {
  sha: string;
  tree: string;
  parents: string[];
  author: Signature;
  committer: Signature;
  message: string;
}

/** Fields end with NUL and commits with SOH, which git refuses and nobody writes in a message. */
export const LOG_FORMAT = "%H%x00%T%x00%P%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B%x01";

/** Reads what `git log --format=LOG_FORMAT` wrote. */
export function parseLog(output: Buffer): Commit[] {
  return output
    .toString()
    .split("\x01")
    .map((record) => record.trimStart())
    .filter(Boolean)
    .map(parseCommit);
}

function parseCommit(record: string): Commit {
  const [sha = "", tree = "", parents = "", an = "", ae = "", ad = "", cn = "", ce = "", cd = ""] =
    record.split("\0");
  return {
    sha,
    tree,
    parents: parents.split(" ").filter(Boolean),
    author: { name: an, email: ae, date: ad },
    committer: { name: cn, email: ce, date: cd },
    message: record.split("\0").slice(9).join("\0").trimEnd(),
  };
}
