import { type Box, BoxError } from "../../box/index.ts";
import { agentFor } from "../agent-for.ts";
import type { Job } from "../job.ts";
import { JobFailure } from "../job-failure.ts";
import type { AgentSettings, JobPorts } from "../ports.ts";
import type { TrustedRepository } from "../trusted-repository.ts";
import { readToken } from "./read-token.ts";
import { setUp } from "./set-up.ts";

/** What the later steps need of the box; plain data. */
export interface PreparedBox {
  boxId: string;
  /** The clone, absolute inside the box. */
  folder: string;
}

/**
 * Makes the box and puts the repository into it, at the pinned commit. Meanwhile the trusted side
 * fetches that commit too: it will need it when the work comes back, and a commit that cannot be
 * fetched is found out before an agent has worked on it.
 * @param again an attempt that was cut off may have left a box
 */
export async function prepare(
  job: Job,
  repository: TrustedRepository,
  again: boolean,
  ports: JobPorts,
): Promise<PreparedBox> {
  // One token for both, minted while the box is made. What fails here is told below, in turn.
  const token = readToken(ports);
  token.catch(() => undefined);
  if (again) await deleteLeftovers(job, ports);
  const agent = await agentFor(ports.agent, job.settings);
  const box = await createBox(job, agent, ports);
  ports.emit({ type: "box-created", boxId: box.id });
  try {
    const base = repository.fetchBase(job.target.sha, () => token, ports.signal);
    base.catch(() => undefined);
    await uploadAgent(box, agent, ports);
    await cloneRepository(box, job, await token, ports);
    await base;
    await setUp(box, job.settings.setup, ports);
    return { boxId: box.id, folder: box.cwd };
  } catch (error) {
    await box.delete().catch(() => undefined);
    throw error;
  }
}

async function deleteLeftovers(job: Job, { boxes }: JobPorts): Promise<void> {
  await Promise.all((await boxes.find(job.id)).map((box) => box.delete()));
}

async function createBox(job: Job, agent: AgentSettings, ports: JobPorts): Promise<Box> {
  const { signal } = ports;
  const { id: jobId, settings } = job;
  try {
    return await ports.boxes.create({ agent, signal, jobId, settings });
  } catch (cause) {
    if (ports.signal.aborted) throw cause;
    throw new JobFailure(
      "box-unavailable",
      `No box could be made. ${(cause as Error).message}`,
      "The operator of this App has to mend that; then comment the same command again.",
      { cause },
    );
  }
}

async function uploadAgent(box: Box, agent: AgentSettings, { signal }: JobPorts): Promise<void> {
  const upload = agent.custom?.upload;
  if (upload !== undefined) await box.files.write({ ...upload, signal });
}

async function cloneRepository(
  box: Box,
  job: Job,
  token: string | undefined,
  { signal }: JobPorts,
): Promise<void> {
  const { repository } = job.request;
  const { cloneBranch, branch, sha } = job.target;
  try {
    await box.git.clone({ repo: repository.cloneUrl, branch: cloneBranch, token, signal });
  } catch (cause) {
    if (!BoxError.isInstance(cause) || signal.aborted) throw cause;
    throw new JobFailure(
      "clone-failed",
      `The repository could not be cloned: ${cause.message}`,
      "Check that the App may read the repository's contents and that the branch exists; then comment again.",
      { cause },
    );
  }
  await box.cd(repository.name);
  // The head may have moved since somebody asked: the work starts from what they saw.
  const args = ["checkout", "--quiet", "--no-track", "-B", branch, sha];
  const { exitCode, output } = await box.git.exec({ args, signal });
  if (exitCode === 0) return;
  throw new JobFailure(
    "head-moved",
    `The commit ${sha.slice(0, 10)} is no longer on ${cloneBranch}: ${output.trim()}`,
    "Comment the same command again to work on the new state.",
  );
}
