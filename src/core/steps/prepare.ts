import { type Box, BoxError } from "../../box/index.ts";
import { agentFor } from "../agent-for.ts";
import type { Job } from "../job.ts";
import { JobFailure } from "../job-failure.ts";
import type { AgentSettings, JobPorts } from "../ports.ts";
import { type SnapshotKey, snapshotKey } from "../snapshot-key.ts";
import { type ThreadContext, threadContext } from "../thread-context.ts";
import type { TrustedRepository } from "../trusted-repository.ts";
import { bringTo } from "./bring-to.ts";
import { cloneInto } from "./clone-into.ts";
import { readToken } from "./read-token.ts";
import { setUp } from "./set-up.ts";

/** What the later steps need of the box; plain data. */
export interface PreparedBox {
  boxId: string;
  /** The clone, absolute inside the box. */
  folder: string;
  /** Whether the agent remembers the conversation of an earlier job. */
  hasMemory: boolean;
  /** Runs of the box that are not this job's work: an earlier job's, and those of `setup`. */
  earlierRuns: readonly string[];
  context: ThreadContext;
}

/**
 * Makes the box and puts the repository into it, at the pinned commit; or opens the one of an earlier job
 * that is gone on with. Meanwhile the trusted side fetches that commit too: it will need it when the work
 * comes back, and a commit that cannot be fetched is found out before an agent has worked on it.
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
  const context = threadContext(job, ports.github);
  const base = repository.fetchBase(job.target.sha, () => token, ports.signal);
  for (const early of [token, context, base]) early.catch(() => undefined);
  if (again) await deleteLeftovers(job, ports);
  const agent = await agentFor(ports.agent, job.settings);
  const reopened = await reopen(job, agent, () => token, ports);
  if (reopened !== null) {
    await base;
    // A program of the operator's own may have none.
    const hasMemory = agent.harness !== "custom";
    const earlierRuns = await runsOf(await ports.boxes.get(reopened.boxId));
    return { ...reopened, hasMemory, earlierRuns, context: await context };
  }
  const key = await snapshotKey(job, ports);
  const { box, isSetUp } = await newBox(job, agent, key, ports);
  ports.emit({ type: "box-created", boxId: box.id });
  try {
    await uploadAgent(box, agent, ports);
    if (isSetUp) {
      await box.cd(job.request.repository.name);
      await bringTo(box, job, () => token, { clean: false }, ports);
    } else {
      await cloneInto(box, job, undefined, await token, ports.signal);
      await box.cd(job.request.repository.name);
      await checkOut(box, job, ports);
    }
    await base;
    if (!isSetUp) {
      await setUp(box, job.settings.setup, ports);
      await keepSnapshot(box, key, ports);
    }
    const earlierRuns = await runsOf(box);
    const prepared = { boxId: box.id, folder: box.cwd, hasMemory: false, earlierRuns };
    return { ...prepared, context: await context };
  } catch (error) {
    await box.delete().catch(() => undefined);
    throw error;
  }
}

async function runsOf(box: Box): Promise<string[]> {
  return (await box.listRuns()).map(({ id }) => id);
}

async function deleteLeftovers(job: Job, { boxes }: JobPorts): Promise<void> {
  await Promise.all((await boxes.find(job.id)).map((box) => box.delete()));
}

/** @returns null when there is none to go on in */
async function reopen(
  job: Job,
  agent: AgentSettings,
  token: () => Promise<string | undefined>,
  ports: JobPorts,
): Promise<{ boxId: string; folder: string } | null> {
  const kept = job.continues?.box ?? null;
  if (kept === null) return null;
  try {
    const box = await ports.boxes.get(kept.id);
    await box.cd(kept.folder);
    ports.emit({ type: "box-reopened", boxId: box.id });
    await uploadAgent(box, agent, ports);
    await bringTo(box, job, token, { clean: true }, ports);
    return { boxId: box.id, folder: box.cwd };
  } catch (error) {
    const isGone =
      BoxError.isInstance(error) && ["not_found", "no_such_directory"].includes(error.code);
    if (!isGone || ports.signal.aborted) throw error;
    return null;
  }
}

/** From the snapshot of the repository where there is one: it is set up already. */
async function newBox(
  job: Job,
  agent: AgentSettings,
  key: SnapshotKey | null,
  ports: JobPorts,
): Promise<{ box: Box; isSetUp: boolean }> {
  const { signal, snapshots } = ports;
  const wanted = { agent, signal, jobId: job.id, settings: job.settings };
  const snapshot = key === null ? null : await snapshots?.find(key);
  try {
    if (snapshot != null) {
      const box = await ports.boxes.create({ ...wanted, snapshot }).catch(async (error) => {
        if (!BoxError.isInstance(error) || error.code !== "not_found") throw error;
        await snapshots?.forget(snapshot);
        return null;
      });
      if (box !== null) {
        ports.emit({ type: "snapshot-used", snapshot });
        return { box, isSetUp: true };
      }
    }
    return { box: await ports.boxes.create(wanted), isSetUp: false };
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw new JobFailure(
      "box-unavailable",
      `No box could be made. ${(cause as Error).message}`,
      "The operator of this App has to mend that; then comment the same command again.",
      { cause },
    );
  }
}

/** The next job does without what `setup` takes. One that cannot be taken costs nobody their job. */
async function keepSnapshot(box: Box, key: SnapshotKey | null, ports: JobPorts): Promise<void> {
  if (key === null || ports.snapshots === null) return;
  try {
    await ports.snapshots.keep(key, box);
  } catch (error) {
    if (ports.signal.aborted) throw error;
  }
}

async function uploadAgent(box: Box, agent: AgentSettings, { signal }: JobPorts): Promise<void> {
  const upload = agent.custom?.upload;
  if (upload !== undefined) await box.files.write({ ...upload, signal });
}

async function checkOut(box: Box, job: Job, { signal }: JobPorts): Promise<void> {
  const { cloneBranch, branch, sha } = job.target;
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
