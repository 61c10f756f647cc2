import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { RepositoryHandle } from "../../dev/github/index.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const run = promisify(execFile);

/** The patch that a comment holds for `git apply`; "" when there is none. */
export function patchIn(comment: string): string {
  return /(`{3,})diff\n([\s\S]*?\n)\1/.exec(comment)?.[2] ?? "";
}

/** Applies a patch to a commit of a repository; returns `git status` of what came of it. */
export async function applyPatch(
  repository: RepositoryHandle,
  sha: string,
  patch: string,
): Promise<string> {
  await using folder = await temporaryFolder();
  const work = join(folder.path, "work");
  await writeFile(join(folder.path, "patch"), patch);
  await run("git", ["clone", "--quiet", repository.folder, work]);
  const git = async (...args: string[]) => (await run("git", args, { cwd: work })).stdout;
  await git("checkout", "--quiet", sha);
  await git("apply", "--index", join(folder.path, "patch"));
  // Awaited here: the folder is gone at the end of this block.
  return await git("status", "--porcelain");
}
