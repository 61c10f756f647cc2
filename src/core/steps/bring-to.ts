import type { Box } from "../../box/index.ts";
import type { Job } from "../job.ts";
import { JobFailure } from "../job-failure.ts";
import type { JobPorts } from "../ports.ts";
import { cloneInto } from "./clone-into.ts";
import { QUIET_GIT } from "./quiet-git.ts";

/** Beside the clone: an earlier job's clone gets what it lacks from a new one. */
const FRESH = "/tmp/box-action-fresh";

/**
 * Brings the clone of an earlier job to the commit of this one: what was changed in its files and not pushed
 * is gone, what git ignores (installed packages, build output) stays.
 *
 * @param box in the clone
 * @param options.clean whether files go too that git does not know: those of somebody's work, not of a setup
 */
export async function bringTo(
  box: Box,
  job: Job,
  token: () => Promise<string | undefined>,
  { clean }: { clean: boolean },
  { signal }: JobPorts,
): Promise<void> {
  const { sha, branch, cloneBranch } = job.target;
  const git = async (args: readonly string[]) => {
    const { exitCode, output } = await box.git.exec({ args: [...QUIET_GIT, ...args], signal });
    return { isDone: exitCode === 0, output: output.trim() };
  };
  if (!(await git(["cat-file", "-e", `${sha}^{commit}`])).isDone) {
    await box.exec.command(["rm", "-rf", FRESH], { signal });
    await cloneInto(box, job, FRESH, await token(), signal);
    await git(["fetch", "--quiet", "--no-tags", FRESH, "+refs/heads/*:refs/box-action/fresh/*"]);
    await box.exec.command(["rm", "-rf", FRESH], { signal });
  }
  // A job that was cut off may have left a lock.
  await box.exec.command(["rm", "-f", ".git/index.lock"], { signal });
  for (const args of [
    ["checkout", "--quiet", "--force", "--no-track", "-B", branch, sha],
    ...(clean ? [["clean", "-d", "--force", "--force", "--quiet"]] : []),
  ]) {
    const { isDone, output } = await git(args);
    if (!isDone) {
      throw new JobFailure(
        "head-moved",
        `The commit ${sha.slice(0, 10)} is no longer on ${cloneBranch}: ${output}`,
        "Comment the same command again to work on the new state.",
      );
    }
  }
}
