import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { GitPushRequest } from "../../box/wire.ts";
import { GitError } from "../../host/git-error.ts";
import { runGit, TOLERATED_FAULTS } from "../../host/run-git.ts";
import type { EngineBox } from "../engine-box.ts";
import { EngineError } from "../engine-error.ts";
import { commandEnvironment } from "../environment.ts";
import { boxPath } from "../paths.ts";
import { requireBranch } from "./branch.ts";
import { requireGit } from "./git-in-box.ts";
import { originOf } from "./origin.ts";
import type { Borrowed, RepositoryCache } from "./repository-cache.ts";
import type { Repository } from "./repository-url.ts";

/** More than anybody pushes at once; without it a box could fill the engine's disk. */
const PACK_LIMIT_BYTES = 4 * 1024 ** 3;

/** Heads of the remote that a box is asked about, so that it leaves out what is known. */
const KNOWN_HEADS = 2_000;

/** What `git push --set-upstream` does to a clone. $1 branch, $2 commit. */
const TRACK = `
set -e
git update-ref "refs/remotes/origin/$1" "$2"
git config "branch.$1.remote" origin
git config "branch.$1.merge" "refs/heads/$1"
`;

/**
 * Pushes a branch of a clone in a box, on the engine's side and with the box's token, which never is
 * in the box: the commits come out as a pack, each object of it is checked, and a bare repository of
 * the engine's own pushes them. Never by force.
 * @throws EngineError 400 with git's words when it is refused
 */
export async function pushFromBox(
  box: EngineBox,
  request: GitPushRequest,
  cache: RepositoryCache,
  allowedHosts: ReadonlySet<string>,
): Promise<{ branch: string; sha: string }> {
  const { folder } = request;
  const { repository, token } = await originOf(box, folder, allowedHosts);
  const { branch, sha } = await requireBranch(box, folder, request.branch);
  // Only the fetch is alone with the cache: a box that hands its pack out slowly must not keep the
  // others from cloning. Objects of the cache are never removed, so that they can be lent meanwhile.
  const borrowed = await cache.borrow(repository, { token }, async (fresh) => fresh);
  const temporary = await mkdtemp(join(tmpdir(), "box-push-"));
  try {
    await runGit(["init", "--quiet", "--bare", "--template=", temporary]);
    await mkdir(join(temporary, "objects", "info"), { recursive: true });
    const alternates = join(temporary, "objects", "info", "alternates");
    await writeFile(alternates, `${join(borrowed.folder, "objects")}\n`);
    await takeOut(box, folder, sha, borrowed, temporary);
    await push(repository, branch, sha, { ...borrowed.git, cwd: temporary });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  const connection = await box.connection();
  await connection.run({
    argv: ["sh", "-c", TRACK, "track", branch, sha],
    cwd: boxPath(folder),
    env: commandEnvironment(box),
  });
  return { branch, sha };
}

/** Carries a commit and what it needs out of the box, without what the remote has. */
async function takeOut(
  box: EngineBox,
  folder: string | undefined,
  sha: string,
  borrowed: Borrowed,
  temporary: string,
): Promise<void> {
  const heads = await runGit(
    ["for-each-ref", `--count=${KNOWN_HEADS}`, "--format=%(objectname)", "refs/heads"],
    { cwd: borrowed.folder },
  );
  const present = await requireGit(
    box,
    folder,
    ["cat-file", "--batch-check=%(objecttype) %(objectname)"],
    { input: heads },
  );
  const known = [...present.matchAll(/^commit ([0-9a-f]{40,64})$/gm)].map(([, head]) => `^${head}`);
  const connection = await box.connection();
  const program = await connection.start({
    argv: ["git", "pack-objects", "--quiet", "--revs", "--thin", "--stdout"],
    cwd: boxPath(folder),
    env: commandEnvironment(box),
    stdin: "open",
    stderr: "ignore",
  });
  program.stdin?.end(`${[sha, ...known].join("\n")}\n`);
  const strict = `--strict=${TOLERATED_FAULTS.map((fault) => `${fault}=ignore`).join(",")}`;
  const limit = `--max-input-size=${PACK_LIMIT_BYTES}`;
  try {
    await runGit(["index-pack", "--stdin", "--fix-thin", strict, limit], {
      cwd: temporary,
      input: program.stdout ?? Readable.from([]),
    });
  } catch (error) {
    program.signal("SIGKILL", "tree");
    if (!(error instanceof GitError)) throw error;
    throw new EngineError(
      400,
      "push_failed",
      `What is to be pushed is not sound: ${error.stderr.trim()}; look at it with git fsck.`,
      { cause: error },
    );
  }
}

async function push(
  repository: Repository,
  branch: string,
  sha: string,
  git: Borrowed["git"],
): Promise<void> {
  try {
    const refspec = `${sha}:refs/heads/${branch}`;
    await runGit(["push", "--quiet", "--no-verify", repository.url, refspec], git);
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    throw new EngineError(
      400,
      "push_failed",
      `${branch} cannot be pushed to ${repository.url}: ${error.stderr.trim()}; ${remedy(error)}.`,
      { cause: error },
    );
  }
}

function remedy({ stderr }: GitError): string {
  if (/fetch first|non-fast-forward/.test(stderr)) {
    return "the remote has commits that the box has not: clone again, or push another branch";
  }
  if (/403|401|denied|Authentication|not found/i.test(stderr)) {
    return "check that the box's github_token may write to this repository";
  }
  return "check the branch and the rules of the repository";
}
