import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readdir, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { GitError } from "../../host/git-error.ts";
import { Locks } from "../../host/locks.ts";
import { type GitOptions, runGit } from "../../host/run-git.ts";
import { EngineError } from "../engine-error.ts";
import { requirePublicAddress } from "./public-address.ts";
import type { Repository } from "./repository-url.ts";

/** What a clone gets: the branch to check out, and the history as a bundle; null for an empty repository. */
export interface Fetched {
  branch: string;
  bundle: AsyncIterable<Uint8Array> | null;
}

/** A repository of the cache, as fresh as its remote; while `use` runs nobody else changes it. */
export interface Borrowed {
  /** Bare. */
  folder: string;
  /** For git commands that speak with the remote. */
  git: GitOptions;
}

/** A repository that nobody has used for this long is removed; the next clone moves all of it again. */
const KEPT_UNUSED_MS = 14 * 24 * 60 * 60_000;
/** A bundle that is older was left by an engine that was killed. */
const BUNDLE_LIMIT_MS = 24 * 60 * 60_000;
const PRUNE_EVERY_MS = 6 * 60 * 60_000;

/**
 * One bare repository for each URL, shared by all boxes that clone it, so that the second clone moves
 * only what is new. Every clone fetches with its own credential first, and gets only what that fetch
 * was shown: a cached private repository never reaches somebody who may not read it.
 */
export class RepositoryCache {
  readonly #folder: string;
  readonly #allowedHosts: ReadonlySet<string>;
  readonly #locks = new Locks();
  #timer: NodeJS.Timeout | undefined;

  constructor(folder: string, allowedHosts: ReadonlySet<string>) {
    this.#folder = folder;
    this.#allowedHosts = allowedHosts;
  }

  /** Prunes now and then, until `close`. @param onError told when that fails */
  start(onError: (error: unknown) => void): void {
    const prune = () => void this.prune().catch(onError);
    this.#timer = setInterval(prune, PRUNE_EVERY_MS).unref();
    prune();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Removes the repositories that nobody has used for two weeks. */
  async prune(now = Date.now()): Promise<void> {
    const names = await readdir(this.#folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw error;
    });
    for (const name of names) {
      const folder = join(this.#folder, name);
      await this.#locks.run(name, async () => {
        const { mtimeMs } = await stat(folder).catch(() => ({ mtimeMs: now }));
        const limit = name.endsWith(".git") ? KEPT_UNUSED_MS : BUNDLE_LIMIT_MS;
        if (now - mtimeMs > limit) await rm(folder, { recursive: true, force: true });
      });
    }
  }

  /**
   * Fetches a repository and hands its bundle to `use`.
   * @throws EngineError 400 with git's words when it cannot be fetched
   */
  async fetch<T>(
    repository: Repository,
    options: { token: string | undefined; branch: string | undefined; signal?: AbortSignal },
    use: (fetched: Fetched) => Promise<T>,
  ): Promise<T> {
    // Not in a stream: whoever reads it is a box, which may never come to its end, and others wait.
    const file = join(this.#folder, `${randomUUID()}.bundle`);
    try {
      const fetched = await this.borrow(repository, options, async ({ folder, git }) => {
        const branch = options.branch ?? (await defaultBranch(repository.url, git));
        return { branch, isEmpty: !(await this.#bundle(folder, branch, file)) };
      });
      const bundle = fetched.isEmpty ? null : read(file);
      return await use({ branch: fetched.branch, bundle });
    } finally {
      await rm(file, { force: true });
    }
  }

  /**
   * Fetches a repository and lends it.
   * @throws EngineError 400 with git's words when it cannot be fetched, or `use` throws a GitError
   */
  async borrow<T>(
    repository: Repository,
    options: { token: string | undefined; signal?: AbortSignal },
    use: (borrowed: Borrowed) => Promise<T>,
  ): Promise<T> {
    const resolved = await requirePublicAddress(repository, this.#allowedHosts);
    const git: GitOptions = {
      credential: options.token ? { url: repository.url, token: options.token } : undefined,
      config: resolved === null ? [] : [["http.curloptResolve", resolved]],
      protocols: ["https", "http"],
      signal: options.signal,
    };
    const name = `${createHash("sha256").update(repository.url).digest("hex")}.git`;
    return this.#locks.run(name, async () => {
      const folder = await this.#open(name);
      try {
        await runGit(
          [
            "fetch",
            "--quiet",
            "--prune",
            "--no-tags",
            "--no-write-fetch-head",
            repository.url,
            "+refs/heads/*:refs/heads/*",
            "+refs/tags/*:refs/tags/*",
          ],
          { ...git, cwd: folder },
        );
        return await use({ folder, git });
      } catch (error) {
        if (error instanceof GitError) throw fetchError(repository, error);
        throw error;
      }
    });
  }

  async #open(name: string): Promise<string> {
    const folder = join(this.#folder, name);
    if (!(await stat(join(folder, "HEAD")).catch(() => null))) {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await runGit(["init", "--quiet", "--bare", folder]);
    }
    const now = new Date();
    await utimes(folder, now, now);
    return folder;
  }

  /** @returns false for a repository without a commit */
  async #bundle(folder: string, branch: string, file: string): Promise<boolean> {
    const refs = await runGit(["for-each-ref", "--format=%(refname)", "refs/heads"], {
      cwd: folder,
    });
    const names = refs.toString("utf8").split("\n").filter(Boolean);
    if (names.length === 0) return false;
    if (!names.includes(`refs/heads/${branch}`)) {
      throw new EngineError(404, "branch_not_found", `The repository has no branch ${branch}.`);
    }
    await runGit(["bundle", "create", "--quiet", file, "--branches", "--tags"], { cwd: folder });
    return true;
  }
}

/** Opened when it is read: a stream that nobody reads would fail with the file's removal. */
async function* read(file: string): AsyncGenerator<Uint8Array> {
  yield* createReadStream(file);
}

/** The default branch by the remote's own word; an empty repository has none yet. */
export async function defaultBranch(url: string, git: GitOptions): Promise<string> {
  const answer = await runGit(["ls-remote", "--symref", url, "HEAD"], git);
  return /^ref: refs\/heads\/(.+)\tHEAD$/m.exec(answer.toString("utf8"))?.[1] ?? "main";
}

function fetchError(repository: Repository, error: GitError): EngineError {
  const denied = /Authentication failed|could not read Username|not found|403|401/i.test(
    error.stderr,
  );
  const remedy = denied
    ? "check the URL, and pass a github_token that may read it"
    : "check the URL and this host's way to it";
  return new EngineError(
    400,
    "clone_failed",
    `${repository.url} cannot be fetched: ${error.stderr.trim()}; ${remedy}.`,
    { cause: error },
  );
}
