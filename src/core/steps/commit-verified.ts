import type { FileChanges } from "../file-changes.ts";
import type { GitHub } from "../github.ts";
import type { Job } from "../job.ts";
import { JobFailure } from "../job-failure.ts";
import type { JobPorts } from "../ports.ts";

/** A commit that GitHub is to make. */
export interface VerifiedCommit {
  branch: string;
  /** Where the branch is, and what the commit follows. */
  parent: string;
  /** Of the work. */
  tree: string;
  message: string;
  changes: FileChanges;
}

/**
 * Has GitHub make the commit, so that it is verified. One that was made before, when its answer was lost,
 * is found by its tree.
 * @returns its SHA
 */
export async function commitVerified(
  { target }: Job,
  commit: VerifiedCommit,
  { github }: Pick<JobPorts, "github">,
): Promise<string> {
  const { branch, parent, message, changes } = commit;
  const head = await github.branchHead(branch);
  if (head === null && target.pullRequest === null) await github.createBranch(branch, parent);
  if (await isMade(head, commit, github)) return head as string;
  try {
    return await github.commitOnBranch(branch, parent, { message, changes });
  } catch (cause) {
    const now = await github.branchHead(branch);
    if (await isMade(now, commit, github)) return now as string;
    // Outages have a status, and are waited for.
    if ((cause as { status?: number }).status !== undefined) throw cause;
    throw new JobFailure(
      "push-refused",
      `GitHub did not make the commit on ${branch}: ${(cause as Error).message}`,
      "Comment the same command again, or apply the patch below yourself.",
      { cause },
    );
  }
}

/** A commit with this tree on top of this parent can be nobody else's. */
async function isMade(
  head: string | null,
  { tree, parent }: VerifiedCommit,
  github: GitHub,
): Promise<boolean> {
  if (head === null || head === parent) return false;
  const commit = await github.commit(head);
  return commit?.tree === tree && commit.parents[0] === parent;
}
