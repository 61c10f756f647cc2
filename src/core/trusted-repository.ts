import { createHash } from "node:crypto";
import { mkdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { GitError } from "../host/git-error.ts";
import { Locks } from "../host/locks.ts";
import { type GitOptions, runGit, TOLERATED_FAULTS } from "../host/run-git.ts";
import { parseChanges } from "./changed-files.ts";
import type { ChangedFile } from "./events.ts";
import { type FileChanges, fileChanges } from "./file-changes.ts";
import type { Identity } from "./github.ts";
import { JobFailure } from "./job-failure.ts";
import { pushRefused } from "./push-refused.ts";
import { readBundle } from "./read-bundle.ts";
import { removeStaleLocks } from "./remove-stale-locks.ts";

/** The one commit of a job, ready to be pushed. */
export interface ImportedWork {
  sha: string;
  files: ChangedFile[];
}

/** What a box's work is published as. All of it is ours; of the box's own commit only the tree counts. */
export interface CommitAs {
  base: string;
  message: string;
  identity: Identity;
  /** Of author and committer. */
  date: Date;
}

const DIFF = ["diff-tree", "-r", "-p", "--binary", "--no-ext-diff", "--no-textconv"];

/** Fetches into one bare repository exclude each other: both would write its shallow file. */
const locks = new Locks();

/**
 * The bare repository on the trusted side that a box's work passes through (DESIGN §4.2). What leaves
 * a box is data: a bundle is fetched here with every object checked, nothing of it is ever checked
 * out or run, and only from here is anything pushed.
 */
export class TrustedRepository {
  readonly #folder: string;
  readonly #url: string;
  readonly #refs: string;

  /**
   * @param root where bare repositories are kept, one for each URL
   * @param url the repository's clone URL
   * @param jobId names the refs of one job
   */
  constructor(root: string, url: string, jobId: string) {
    this.#folder = join(root, `${createHash("sha256").update(url).digest("hex")}.git`);
    this.#url = url;
    this.#refs = `refs/box-action/${jobId}`;
  }

  /**
   * Fetches the commit that the work started from, without its history; nothing when it is there.
   * @param token asked for only when it is needed
   */
  async fetchBase(
    sha: string,
    token: () => Promise<string | undefined>,
    signal?: AbortSignal,
  ): Promise<void> {
    await locks.run(this.#folder, async () => {
      await this.#open();
      await removeStaleLocks(this.#folder, this.#refs);
      if (await this.#has(sha)) return;
      const refspec = `+${sha}:${this.#refs}/base`;
      const args = ["fetch", "--quiet", "--depth=1", "--no-tags", this.#url, refspec];
      await this.#git(args, await token(), signal);
    });
  }

  /**
   * Takes the tree of what a bundle calls `ref`, and makes a commit of ours with it. Whoever wrote code
   * in the box could have put any history, author and message into the bundle; none of it is kept.
   * @throws JobFailure `work-refused` for what is no sound bundle
   */
  async importBundle(bundle: Uint8Array, ref: string, as: CommitAs): Promise<ImportedWork> {
    try {
      const tree = await this.#unbundle(bundle, ref);
      const sha = await this.#commit(tree, as);
      return { sha, files: await this.#changes(as.base) };
    } catch (cause) {
      throw new JobFailure(
        "work-refused",
        `What came out of the box is not sound: ${(cause as Error).message}`,
        "Comment the same command again.",
        { cause },
      );
    }
  }

  /**
   * Makes the commit anew without what it changes at these paths: there it is as its base is.
   * @returns the patch of what was taken out
   */
  async holdBack(
    paths: readonly string[],
    as: CommitAs,
  ): Promise<{ work: ImportedWork; patch: string }> {
    const literal = ["--", ...paths];
    const patch = await this.#text([
      "--literal-pathspecs",
      ...DIFF,
      as.base,
      this.#head,
      ...literal,
    ]);
    const index = join(this.#folder, `${this.#refs.replaceAll("/", "-")}.index`);
    const env = { GIT_INDEX_FILE: index };
    try {
      const inIndex = (args: readonly string[], input?: Buffer) =>
        runGit(args, { cwd: this.#folder, env, input });
      await inIndex(["read-tree", this.#head]);
      // Removed by name, then as the base has them.
      const removals = paths.map((path) => `0 ${"0".repeat(40)}\t${path}\0`).join("");
      await inIndex(["update-index", "-z", "--index-info"], Buffer.from(removals));
      const entries = await this.#git([
        "--literal-pathspecs",
        "ls-tree",
        "-r",
        "-z",
        "--full-tree",
        as.base,
        ...literal,
      ]);
      await inIndex(["update-index", "-z", "--index-info"], entries);
      const tree = (await inIndex(["write-tree"])).toString("utf8").trim();
      const sha = await this.#commit(tree, as);
      return { work: { sha, files: await this.#changes(as.base) }, patch };
    } finally {
      await rm(index, { force: true });
    }
  }

  /**
   * Puts the work on top of a commit that somebody else has pushed meanwhile; from then on that is the
   * work of this job.
   * @param onto descends from what the work builds on
   * @returns null when both have changed the same lines; then the work is as it was
   */
  async rebase(
    onto: string,
    as: CommitAs,
    token: string,
    signal?: AbortSignal,
  ): Promise<ImportedWork | null> {
    await locks.run(this.#folder, async () => {
      const refspec = `+${onto}:${this.#refs}/onto`;
      await this.#git(
        ["fetch", "--quiet", "--depth=1", "--no-tags", this.#url, refspec],
        token,
        signal,
      );
    });
    // Their tree as a child of our base: the history between was not fetched, and git needs to see
    // where the two parted.
    const theirs = await this.#text(["rev-parse", `${onto}^{tree}`]);
    const stand = await this.#commitTree(theirs, { ...as, message: "theirs" });
    const merge = ["merge-tree", "--write-tree", "--no-messages", "--name-only"];
    let merged: string;
    try {
      merged = await this.#text([...merge, this.#head, stand]);
    } catch (error) {
      // 1: there are conflicts.
      if (error instanceof GitError && error.exitCode === 1) return null;
      throw error;
    }
    const rebased = { ...as, base: onto };
    const sha = await this.#commit(merged, rebased);
    return { sha, files: await this.#changes(onto) };
  }

  /** The git tree of the work. */
  tree(): Promise<string> {
    return this.#text(["rev-parse", "--verify", `${this.#head}^{tree}`]);
  }

  /**
   * The work as files that are written and removed, for who makes the commit of them.
   * @returns null when it has what such a commit cannot: links, submodules, modes, or too much
   */
  fileChanges(base: string): Promise<FileChanges | null> {
    return fileChanges((args) => this.#git(args), base, this.#head);
  }

  /** Whether the work was imported here. */
  async holds(sha: string): Promise<boolean> {
    return (await this.#at(this.#head)) === sha;
  }

  /** The change as a patch, for looking at. */
  patch(base: string): Promise<string> {
    return this.#text([
      "diff-tree",
      "-r",
      "-p",
      "--no-ext-diff",
      "--no-textconv",
      base,
      this.#head,
    ]);
  }

  /**
   * Pushes the imported work, never by force.
   * @param expected where the branch must still be; "" for one that must not be there yet. Without it
   *   a branch that was set back meanwhile would be moved forward again, and a deleted one come back.
   * @throws JobFailure `push-refused` with the remote's words
   */
  async push(branch: string, expected: string, token: string): Promise<void> {
    // The work follows `expected` by one commit, so that a lease on it allows no loss.
    const lease = `--force-with-lease=refs/heads/${branch}:${expected}`;
    // Not --porcelain: that moves the remote's reason from standard error to standard output.
    const args = ["push", "--quiet", "--no-verify", lease, this.#url];
    try {
      await this.#git([...args, `${this.#head}:refs/heads/${branch}`], token);
    } catch (error) {
      if (error instanceof GitError) throw pushRefused(branch, error);
      throw error;
    }
  }

  /** Forgets the refs of this job; the objects stay for the next one. */
  async clean(): Promise<void> {
    for (const name of ["base", "head", "onto"]) {
      await this.#git(["update-ref", "-d", `${this.#refs}/${name}`]).catch(() => undefined);
    }
  }

  get #head(): string {
    return `${this.#refs}/head`;
  }

  /**
   * Takes the objects in and returns the tree of what the bundle calls `ref`. Not with a fetch: from a
   * bundle that checks no object, whatever `transfer.fsckObjects` says (seen in git 2.39).
   */
  async #unbundle(bundle: Uint8Array, ref: string): Promise<string> {
    const { sha, pack } = readBundle(bundle, ref);
    const strict = `--strict=${TOLERATED_FAULTS.map((fault) => `${fault}=ignore`).join(",")}`;
    await runGit(["index-pack", "--stdin", "--fix-thin", strict], {
      cwd: this.#folder,
      input: pack,
    });
    return this.#text(["rev-parse", "--verify", `${sha}^{tree}`]);
  }

  async #commit(tree: string, as: CommitAs): Promise<string> {
    const sha = await this.#commitTree(tree, as);
    await this.#git(["update-ref", this.#head, sha]);
    return sha;
  }

  async #commitTree(tree: string, { base, message, identity, date }: CommitAs): Promise<string> {
    const at = `${Math.floor(date.getTime() / 1000)} +0000`;
    const commit = await runGit(["commit-tree", tree, "-p", base, "-F", "-"], {
      cwd: this.#folder,
      input: Buffer.from(message),
      env: {
        GIT_AUTHOR_NAME: identity.login,
        GIT_AUTHOR_EMAIL: identity.email,
        GIT_AUTHOR_DATE: at,
        GIT_COMMITTER_NAME: identity.login,
        GIT_COMMITTER_EMAIL: identity.email,
        GIT_COMMITTER_DATE: at,
      },
    });
    return commit.toString("utf8").trim();
  }

  async #open(): Promise<void> {
    if (await stat(join(this.#folder, "HEAD")).catch(() => null)) return;
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await runGit(["init", "--quiet", "--bare", this.#folder]);
  }

  async #has(sha: string): Promise<boolean> {
    return (await this.#at(`${this.#refs}/base`)) === sha;
  }

  /** Null also when the repository is not there. */
  #at(ref: string): Promise<string | null> {
    return this.#text(["rev-parse", "--quiet", "--verify", ref]).catch(() => null);
  }

  async #changes(base: string): Promise<ChangedFile[]> {
    const args = ["diff-tree", "-r", "-z", "--no-ext-diff", "--no-textconv", "--find-renames"];
    const raw = await this.#git([...args, "--raw", "--numstat", base, this.#head]);
    return parseChanges(raw.toString("utf8"));
  }

  async #text(args: readonly string[]): Promise<string> {
    return (await this.#git(args)).toString("utf8").trim();
  }

  #git(args: readonly string[], token?: string, signal?: AbortSignal): Promise<Buffer> {
    const options: GitOptions = {
      cwd: this.#folder,
      protocols: [new URL(this.#url).protocol.slice(0, -1)],
      credential: token === undefined ? undefined : { url: this.#url, token },
      signal,
    };
    return runGit(args, options);
  }
}
