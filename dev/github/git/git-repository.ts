import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fastImport, type NewCommit } from "./fast-import.ts";
import { type DiffFile, parseDiff } from "./parse-diff.ts";
import { type Commit, LOG_FORMAT, parseLog } from "./parse-log.ts";
import { GitError, type GitProcesses } from "./run-git.ts";

export interface GitObject {
  sha: string;
  type: string;
  content: Buffer;
}

export interface TreeEntry {
  mode: string;
  type: string;
  sha: string;
  size: number | null;
  path: string;
}

const SHA = /^[0-9a-f]{40}$/;
export const ZERO_SHA = "0".repeat(40);

/** One bare repository: the truth for refs, commits and files. */
export class GitRepository {
  readonly folder: string;
  readonly #processes: GitProcesses;
  #refs: Promise<Map<string, string>> | undefined;
  // Commits never change, so each is read from git once.
  readonly #commits = new Map<string, Commit>();
  #writing: Promise<unknown> = Promise.resolve();

  private constructor(folder: string, processes: GitProcesses) {
    this.folder = folder;
    this.#processes = processes;
  }

  /** Makes a bare repository without starting git: these files are all that one consists of. */
  static async create(
    folder: string,
    defaultBranch: string,
    processes: GitProcesses,
  ): Promise<GitRepository> {
    await Promise.all([
      mkdir(join(folder, "objects/info"), { recursive: true }),
      mkdir(join(folder, "refs/heads"), { recursive: true }),
    ]);
    await Promise.all([
      writeFile(join(folder, "HEAD"), `ref: refs/heads/${defaultBranch}\n`),
      writeFile(join(folder, "config"), CONFIG),
    ]);
    return new GitRepository(folder, processes);
  }

  git(argv: string[], input?: string | Buffer): Promise<Buffer> {
    return this.#processes.run(argv, this.folder, input);
  }

  /** Full ref name → sha. Read once and again after each write through this server. */
  refs(): Promise<Map<string, string>> {
    this.#refs ??= this.git(["for-each-ref", "--format=%(objectname) %(refname)"]).then(
      (output) =>
        new Map(
          lines(output).map((line) => [line.slice(41), line.slice(0, 40)] as [string, string]),
        ),
    );
    return this.#refs;
  }

  forgetRefs(): void {
    this.#refs = undefined;
  }

  async branch(name: string): Promise<string | undefined> {
    return (await this.refs()).get(`refs/heads/${name}`);
  }

  /** The sha that a branch, tag, full ref or (abbreviated) sha stands for. */
  async resolve(name: string): Promise<string | undefined> {
    const refs = await this.refs();
    for (const prefix of ["refs/heads/", "refs/tags/", "refs/", ""]) {
      const sha = refs.get(prefix + name);
      if (sha) return sha;
    }
    if (this.#commits.has(name)) return name;
    if (!/^[0-9a-f]{4,40}$/.test(name)) return undefined;
    return (await this.object(name))?.sha;
  }

  /** Writers come one after another, so that "what did this push change" has one answer. */
  exclusively<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#writing.then(work, work);
    this.#writing = turn.catch(() => {});
    return turn;
  }

  async updateRef(ref: string, sha: string, expected?: string): Promise<void> {
    const argv = sha === ZERO_SHA ? ["update-ref", "-d", ref] : ["update-ref", ref, sha];
    await this.git(expected === undefined ? argv : [...argv, expected]);
    this.forgetRefs();
  }

  async commit(commit: NewCommit): Promise<string> {
    const sha = (await this.git(["fast-import", "--quiet", "--force"], fastImport(commit)))
      .toString()
      .trim();
    this.forgetRefs();
    return sha;
  }

  async object(name: string): Promise<GitObject | undefined> {
    const output = await this.git(["cat-file", "--batch"], `${name}\n`);
    const end = output.indexOf(10);
    const [sha, type, size] = output.subarray(0, end).toString().split(" ");
    if (!sha || !type || !size || !SHA.test(sha)) return undefined;
    return { sha, type, content: output.subarray(end + 1, end + 1 + Number(size)) };
  }

  async commitOf(sha: string): Promise<Commit | undefined> {
    const known = this.#commits.get(sha);
    if (known) return known;
    try {
      return (await this.log([sha], { limit: 1 }))[0];
    } catch (error) {
      if (error instanceof GitError) return undefined;
      throw error;
    }
  }

  /** Commits of a revision range, newest first. */
  async log(
    range: string[],
    options: { limit?: number; skip?: number; path?: string; reverse?: boolean } = {},
  ): Promise<Commit[]> {
    const commits = parseLog(
      await this.git([
        "log",
        `--format=${LOG_FORMAT}`,
        ...(options.limit === undefined ? [] : [`--max-count=${options.limit}`]),
        ...(options.skip ? [`--skip=${options.skip}`] : []),
        ...(options.reverse ? ["--reverse"] : []),
        "--end-of-options",
        ...range,
        "--",
        ...(options.path ? [options.path] : []),
      ]),
    );
    for (const commit of commits) this.#commits.set(commit.sha, commit);
    return commits;
  }

  /** What changed from one commit to another, with patches; from nothing if `from` is `null`. */
  async diff(from: string | null, to: string): Promise<DiffFile[]> {
    const argv = ["--raw", "--numstat", "-p", "-z", "-M", "--full-index"];
    const output = from
      ? await this.git(["diff", ...argv, from, to])
      : await this.git(["diff-tree", "-r", "--root", "--no-commit-id", ...argv, to]);
    return parseDiff(output);
  }

  async diffText(from: string, to: string): Promise<Buffer> {
    return this.git(["diff", "-M", from, to]);
  }

  async mergeBase(one: string, other: string): Promise<string | undefined> {
    if (one === other) return one;
    try {
      return (await this.git(["merge-base", one, other])).toString().trim();
    } catch (error) {
      if (error instanceof GitError && error.code === 1) return undefined;
      throw error;
    }
  }

  async isAncestor(older: string, newer: string): Promise<boolean> {
    return (await this.mergeBase(older, newer)) === older;
  }

  /** How far `head` is ahead of and behind `base`, in commits. */
  async distance(base: string, head: string): Promise<{ ahead: number; behind: number }> {
    const output = await this.git(["rev-list", "--left-right", "--count", `${base}...${head}`]);
    const [behind, ahead] = output.toString().trim().split("\t").map(Number);
    return { ahead: ahead ?? 0, behind: behind ?? 0 };
  }

  /** Whether the two merge without a conflict, and the tree that comes of it. */
  async mergeTree(base: string, head: string): Promise<string | undefined> {
    try {
      return lines(await this.git(["merge-tree", "--write-tree", base, head]))[0];
    } catch (error) {
      if (error instanceof GitError && error.code === 1) return undefined;
      throw error;
    }
  }

  async tree(treeish: string, options: { recursive?: boolean } = {}): Promise<TreeEntry[]> {
    const output = await this.git([
      "ls-tree",
      "-z",
      "-l",
      ...(options.recursive ? ["-r", "-t"] : []),
      treeish,
    ]);
    return output
      .toString()
      .split("\0")
      .filter(Boolean)
      .map((record) => {
        const [meta = "", path = ""] = record.split("\t");
        const [mode = "", type = "", sha = "", size = "-"] = meta.split(/ +/);
        return { mode, type, sha, path, size: size === "-" ? null : Number(size) };
      });
  }

  /** Brings a commit of another repository here: what GitHub does for a fork's pull request. */
  async fetchFrom(other: GitRepository, sha: string, ref: string): Promise<void> {
    if (other === this) return this.updateRef(ref, sha);
    await this.git(["fetch", "--quiet", "--no-tags", other.folder, `+${sha}:${ref}`]);
    this.forgetRefs();
  }
}

function lines(output: Buffer): string[] {
  return output.toString().split("\n").filter(Boolean);
}

// allowAnySHA1InWant: GitHub serves any commit by its sha. hideRefs: refs/pull is read-only there.
// autoDetach off: a gc in the background would outlive close().
const CONFIG = `[core]
\trepositoryformatversion = 0
\tfilemode = true
\tbare = true
\thooksPath = /dev/null
[http]
\treceivepack = true
[receive]
\thideRefs = refs/pull
\tautogc = false
[uploadpack]
\tallowAnySHA1InWant = true
\tallowFilter = true
[gc]
\tauto = 0
\tautoDetach = false
[maintenance]
\tauto = false
`;
