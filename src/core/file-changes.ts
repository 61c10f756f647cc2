/** Files of a commit that somebody else makes of them. */
export interface FileChanges {
  /** Contents are base64. */
  additions: Array<{ path: string; contents: string }>;
  deletions: string[];
}

/** GitHub takes requests of 45 MB; base64 makes four bytes of three. */
const MOST_CHANGED_BYTES = 25 * 1024 * 1024;

/**
 * What changes from one commit to another, as files.
 * @param git runs git in their repository
 * @returns null when a commit of plain files cannot have it, or it is too much
 */
export async function fileChanges(
  git: (args: readonly string[]) => Promise<Buffer>,
  base: string,
  head: string,
): Promise<FileChanges | null> {
  const raw = await git(["diff-tree", "-r", "-z", "--no-renames", "--raw", base, head]);
  const entries = rawEntries(raw.toString("utf8"));
  if (entries.some((entry) => !isPlain(entry))) return null;
  const additions: FileChanges["additions"] = [];
  let bytes = 0;
  for (const { path, blob, status } of entries) {
    if (status === "D") continue;
    const content = await git(["cat-file", "blob", blob]);
    bytes += content.length;
    if (bytes > MOST_CHANGED_BYTES) return null;
    additions.push({ path, contents: content.toString("base64") });
  }
  const deletions = entries.filter(({ status }) => status === "D").map(({ path }) => path);
  return { additions, deletions };
}

/** One entry of `git diff-tree --raw -z`, without renames. */
interface RawEntry {
  path: string;
  modes: [before: string, after: string];
  /** Of the content after; zeros when it was removed. */
  blob: string;
  status: string;
}

function rawEntries(output: string): RawEntry[] {
  const fields = output.split("\0").filter((field) => field !== "");
  const entries: RawEntry[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [before = "", after = "", , blob = "", status = ""] =
      fields[at]?.slice(1).split(" ") ?? [];
    entries.push({ path: fields[at + 1] ?? "", modes: [before, after], blob, status });
  }
  return entries;
}

const PLAIN = "100644";
const NONE = "000000";

/** Whether a commit of plain files can have it. */
function isPlain({ modes: [before, after], status }: RawEntry): boolean {
  if (status === "D") return before !== "160000";
  return after === PLAIN && (before === PLAIN || before === NONE);
}
