import type { Box } from "../../box/index.ts";
import type { Job } from "../job.ts";
import type { JobPorts } from "../ports.ts";

/** What fits beside the rest of a comment (65 536 characters in all) and can still be read. */
const PATCH_LIMIT_CHARACTERS = 40_000;
/** This is done on the way out, perhaps while the App is being stopped. */
const TIME_LIMIT_MS = 5_000;

/** Nothing is lost: what a job that fails had done so far goes into its comment as a patch. */
export async function keepWork(box: Box, job: Job, ports: JobPorts): Promise<void> {
  const signal = AbortSignal.timeout(TIME_LIMIT_MS);
  await box.git.exec({ args: ["add", "--all"], signal });
  const args = ["diff", "--cached", "--binary", "--no-ext-diff", job.target.sha];
  const { exitCode, output } = await box.git.exec({ args, signal });
  if (exitCode !== 0 || output === "") return;
  const patch = ports.redact(output);
  ports.emit({
    type: "work-kept",
    patch: patch.slice(0, PATCH_LIMIT_CHARACTERS),
    truncated: patch.length > PATCH_LIMIT_CHARACTERS,
  });
}
