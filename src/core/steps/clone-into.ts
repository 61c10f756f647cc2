import { type Box, BoxError } from "../../box/index.ts";
import type { Job } from "../job.ts";
import { JobFailure } from "../job-failure.ts";

/**
 * Clones the branch that a job starts from, of the repository or of a fork of it.
 * @param folder absolute; undefined: one of the repository's name
 * @param token of the repository: a fork's clone does without, so forks are public
 */
export async function cloneInto(
  box: Box,
  { request, target }: Job,
  folder: string | undefined,
  token: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const repo = target.fork ?? request.repository.cloneUrl;
  // A fork may have another name.
  const own =
    target.fork === null ? { token, folder } : { folder: folder ?? request.repository.name };
  try {
    await box.git.clone({ repo, branch: target.cloneBranch, ...own, signal });
  } catch (cause) {
    if (!BoxError.isInstance(cause) || signal.aborted) throw cause;
    throw new JobFailure(
      "clone-failed",
      `The repository could not be cloned: ${cause.message}`,
      "Check that the App may read the repository's contents and that the branch exists; then comment again.",
      { cause },
    );
  }
}
