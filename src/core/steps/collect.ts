import { type Box, BoxError } from "../../box/index.ts";
import { commitMessage } from "../commit-message.ts";
import { protectedPaths } from "../config/protected-paths.ts";
import type { ChangedFile } from "../events.ts";
import type { Identity } from "../github.ts";
import type { Job } from "../job.ts";
import { JobFailure } from "../job-failure.ts";
import type { JobPorts } from "../ports.ts";
import type { CommitAs, ImportedWork, TrustedRepository } from "../trusted-repository.ts";
import { QUIET_GIT } from "./quiet-git.ts";
import { readToken } from "./read-token.ts";
import type { AgentResult } from "./run-agent.ts";

/** A commit on the trusted side, checked; null when the work changed nothing. */
export type Collected = { sha: string; files: ChangedFile[] } | null;

/** A pull request that is larger than this was not written by anybody; it is build output. */
const BUNDLE_LIMIT_BYTES = 100 * 1024 * 1024;

/** In the box: where the result stands. Outside the clone, so that it is in no commit. */
const BUNDLE = "/tmp/box-action-result.bundle";
const RESULT_REF = "refs/box-action/result";

/** What fits beside the rest of a comment and can still be read. */
const PATCH_LIMIT_CHARACTERS = 40_000;

/**
 * Carries the recorded tree out of the box as a bundle and makes the one commit of the job of it, on the
 * trusted side. No hook of the repository runs, and nothing that the agent did to branches matters.
 */
export async function collect(
  box: Box,
  job: Job,
  work: AgentResult,
  repository: TrustedRepository,
  ports: JobPorts,
): Promise<Collected> {
  const { sha: base } = job.target;
  const { signal } = ports;
  const git = gitIn(box, signal);
  if ((await git(["rev-parse", `${base}^{tree}`])) === work.tree) return null;
  // A bundle holds commits; this one is thrown away on the other side.
  const sha = await git(["commit-tree", work.tree, "-p", base, "-m", "result"]);
  await git(["update-ref", RESULT_REF, sha]);
  await git(["bundle", "create", "--quiet", BUNDLE, `${base}..${RESULT_REF}`]);

  // Here since `prepare`, unless that was another process's: the commit that the bundle builds on.
  const [bundle, identity] = await Promise.all([
    readBundle(box, signal),
    ports.github.identity(),
    repository.fetchBase(base, () => readToken(ports), signal),
  ]);
  const as = commitAs(job, work.summary, identity, ports);
  const whole = await repository.importBundle(bundle, RESULT_REF, as);
  refuseSecrets(await repository.patch(base), ports);
  const imported = await holdBackProtected(job, whole, as, repository, ports);
  ports.emit({ type: "committed", sha: imported.sha, files: imported.files });
  return imported;
}

/** What a job's commit is, always the same one. */
export function commitAs(
  job: Job,
  summary: string,
  identity: Identity,
  ports: Pick<JobPorts, "redact">,
): CommitAs {
  return {
    base: job.target.sha,
    message: ports.redact(commitMessage(job, summary)),
    identity,
    date: new Date(job.admittedAt),
  };
}

/** What is protected is shown as a patch; the rest is pushed. */
async function holdBackProtected(
  job: Job,
  whole: ImportedWork,
  as: CommitAs,
  repository: TrustedRepository,
  ports: JobPorts,
): Promise<ImportedWork> {
  const touched = whole.files.flatMap(({ path, from }) =>
    from === undefined ? [path] : [from, path],
  );
  const paths = protectedPaths(touched, job.settings.protectedPaths);
  if (paths.length === 0) return whole;
  if (paths.length === touched.length) {
    throw new JobFailure(
      "protected-path",
      `The change touches nothing but protected paths: ${paths.slice(0, 10).join(", ")}.`,
      "Look at the patch below, and apply it yourself if it is right.",
    );
  }
  const { work, patch } = await repository.holdBack(paths, as);
  const text = ports.redact(patch);
  ports.emit({
    type: "work-held-back",
    paths,
    patch: text.slice(0, PATCH_LIMIT_CHARACTERS),
    truncated: text.length > PATCH_LIMIT_CHARACTERS,
  });
  return work;
}

function refuseSecrets(patch: string, ports: JobPorts): void {
  if (ports.holdsSecret(patch)) {
    throw new JobFailure(
      "secret-in-work",
      "The change holds one of the App's own secrets, so it was not pushed.",
      "Find out how it came there, replace that secret, and comment again.",
    );
  }
}

function gitIn(box: Box, signal: AbortSignal) {
  return async (args: readonly string[]): Promise<string> => {
    const { exitCode, output } = await box.git.exec({ args: [...QUIET_GIT, ...args], signal });
    if (exitCode === 0) return output.trim();
    throw new JobFailure(
      "work-unreadable",
      `git ${args.find((word) => !word.startsWith("-"))} failed in the box: ${output.trim().slice(-500)}`,
      "Comment the same command again.",
    );
  };
}

async function readBundle(box: Box, signal: AbortSignal): Promise<Uint8Array> {
  const size = await box.exec.command(["stat", "--format=%s", BUNDLE], { signal });
  if (Number(size.result) > BUNDLE_LIMIT_BYTES) {
    throw new JobFailure(
      "work-too-large",
      `The changes are ${Math.round(Number(size.result) / 1024 / 1024)} MiB large; more than ${BUNDLE_LIMIT_BYTES / 1024 / 1024} MiB are not pushed.`,
      "Add build output to .gitignore and comment again.",
    );
  }
  try {
    return Buffer.from(await box.files.read(BUNDLE, { encoding: "base64", signal }), "base64");
  } catch (cause) {
    if (!BoxError.isInstance(cause) || signal.aborted) throw cause;
    throw new JobFailure(
      "work-unreadable",
      `The result could not be read from the box: ${cause.message}`,
      "Comment the same command again.",
      { cause },
    );
  }
}
