import { GitError } from "../../host/git-error.ts";
import { runGit } from "../../host/run-git.ts";
import type { EngineBox } from "../engine-box.ts";
import { EngineError } from "../engine-error.ts";
import { gitInBox } from "./git-in-box.ts";

/** A branch of a clone in a box, and its commit. */
export interface Branch {
  branch: string;
  sha: string;
}

/**
 * Looks a branch up. What the box answers is checked: it goes into refs and URLs of ours.
 * @param branch @default the one that is checked out
 * @throws EngineError 400 when there is none
 */
export async function requireBranch(
  box: EngineBox,
  folder: string | undefined,
  branch?: string,
): Promise<Branch> {
  const name = branch ?? (await currentBranch(box, folder));
  if (!(await isBranchName(name))) {
    throw new EngineError(
      400,
      "invalid_request",
      `branch: ${JSON.stringify(name)} is no branch's name; see git check-ref-format.`,
    );
  }
  const found = await gitInBox(box, folder, [
    "rev-parse",
    "--verify",
    `refs/heads/${name}^{commit}`,
  ]);
  const sha = found.stdout.trim();
  if (found.exitCode === 0 && /^[0-9a-f]{40,64}$/.test(sha)) return { branch: name, sha };
  throw new EngineError(
    400,
    "no_such_branch",
    `src refspec ${name} does not match any: the clone has no branch ${name} with a commit; make one with git.checkout and git.commit.`,
  );
}

async function isBranchName(name: string): Promise<boolean> {
  // No argument of a process can hold a NUL.
  if (name.includes("\0")) return false;
  try {
    await runGit(["check-ref-format", `refs/heads/${name}`]);
    return true;
  } catch (error) {
    if (error instanceof GitError) return false;
    throw error;
  }
}

async function currentBranch(box: EngineBox, folder: string | undefined): Promise<string> {
  // Not --short, which says heads/v1 when there is a tag v1 too.
  const { exitCode, stdout, stderr } = await gitInBox(box, folder, ["symbolic-ref", "HEAD"]);
  if (exitCode === 0) return stdout.trim().replace(/^refs\/heads\//, "");
  throw new EngineError(
    400,
    "no_branch",
    `No branch is checked out (${stderr.trim()}); name one in branch, or check one out.`,
  );
}
