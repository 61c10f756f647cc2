import type { Box } from "../../box/index.ts";
import type { Job } from "../job.ts";
import type { JobPorts } from "../ports.ts";
import { QUIET_GIT } from "./quiet-git.ts";

/** What fits beside the rest of a comment (65 536 characters in all) and can still be read. */
const PATCH_LIMIT_CHARACTERS = 40_000;
/** A secret that lies across the limit is still seen whole. */
const SECRET_MARGIN_CHARACTERS = 10_000;
/** This is done on the way out, perhaps while the App is being stopped. */
const TIME_LIMIT_MS = 2_000;

/** A patch that `git apply` takes, whatever the box's own configuration of `diff` is. */
const DIFF = [
  ...["-c", "diff.noprefix=false", "-c", "diff.mnemonicPrefix=false"],
  ...["diff", "--binary", "--no-color", "--no-ext-diff", "--no-textconv"],
];

/**
 * Nothing is lost: what a job that fails had done so far goes into its comment as a patch.
 * @param tree the recorded result, where there is one: later files are those of the tests
 */
export async function keepWork(
  box: Box,
  job: Job,
  tree: string | undefined,
  ports: JobPorts,
): Promise<void> {
  const signal = AbortSignal.timeout(TIME_LIMIT_MS);
  const git = (args: readonly string[]) => box.git.exec({ args: [...QUIET_GIT, ...args], signal });
  if (tree === undefined) await git(["add", "--all"]);
  const what = tree === undefined ? ["--cached", job.target.sha] : [job.target.sha, tree];
  // Cut in the box: a patch of any size would have to come out first, and be searched for secrets.
  const command = ["sh", "-c", 'limit=$1; shift; git "$@" | head -c "$limit"', "diff"];
  const limit = String(PATCH_LIMIT_CHARACTERS + SECRET_MARGIN_CHARACTERS);
  const run = await box.exec.command([...command, limit, ...QUIET_GIT, ...DIFF, ...what], {
    signal,
  });
  if (run.stdout === "") return;
  const patch = ports.redact(run.stdout);
  ports.emit({
    type: "work-kept",
    patch: patch.slice(0, PATCH_LIMIT_CHARACTERS),
    truncated: patch.length > PATCH_LIMIT_CHARACTERS,
  });
}
