import { isReadOnly } from "./admit.ts";
import type { Outcome, StepName } from "./events.ts";
import type { Job } from "./job.ts";
import { JobBox } from "./job-box.ts";
import { asFailure } from "./job-failure.ts";
import { goesOn, stopOf } from "./job-stop.ts";
import { patiently } from "./patiently.ts";
import type { JobPorts } from "./ports.ts";
import { StartOver } from "./start-over.ts";
import { acknowledge } from "./steps/acknowledge.ts";
import { collect } from "./steps/collect.ts";
import { type PreparedBox, prepare } from "./steps/prepare.ts";
import { publish } from "./steps/publish.ts";
import { publishReview } from "./steps/review.ts";
import { type AgentResult, runAgent } from "./steps/run-agent.ts";
import { verify } from "./steps/verify.ts";
import { TrustedRepository } from "./trusted-repository.ts";

/** A job whose boxes keep disappearing is not helped by one more. */
const MOST_STARTS = 3;

/** The end is not kept from people for long: a box that is left is found later by its label. */
const DELETION_LIMIT_MS = 10_000;

/** What a new start does again. */
const IN_THE_BOX = ["prepare", "agent", "verify", "collect"] as const;

/**
 * Carries one job out, from the 👀 to the last edit of its comment; what an earlier attempt has finished
 * is not done again. It never throws for a job that fails: that is an outcome, and it is told in the
 * comment.
 * @returns null when the job goes on elsewhere: nothing of it was taken away
 */
export async function runJob(job: Job, ports: JobPorts): Promise<Outcome | null> {
  const { commandLine, requester } = job.request;
  if (ports.resumed === null) {
    ports.emit({ type: "job-started", jobId: job.id, commandLine, requester: requester.login });
  } else {
    ports.emit({ type: "job-resumed", ...ports.resumed });
  }
  try {
    const outcome = await work(job, ports);
    ports.emit({ type: "job-finished", outcome });
    return outcome;
  } catch (error) {
    if (!goesOn(ports.signal)) throw error;
    const stop = stopOf(ports.signal);
    if (stop?.kind === "handed-over") {
      ports.emit({ type: "job-paused", because: stop.message });
    }
    return null;
  }
}

async function work(job: Job, ports: JobPorts): Promise<Outcome> {
  const { cloneUrl } = job.request.repository;
  const repository = new TrustedRepository(ports.repositories, cloneUrl, job.id);
  const box = new JobBox(job, ports);
  const steps = trackSteps(ports);
  // What an earlier attempt has made is kept, or deleted, also when this one does not come to it.
  box.prepared = await keptStep<PreparedBox>("prepare", ports);
  box.tree = (
    (await keptStep<AgentResult>("verify", ports)) ?? (await keptStep<AgentResult>("agent", ports))
  )?.tree;
  let outcome: Outcome;
  try {
    outcome = ports.journal.has("settle")
      ? { status: "unchanged" }
      : await withNewStarts(() => carryOn(job, box, repository, steps, ports), box, ports);
  } catch (error) {
    if (goesOn(ports.signal)) throw error;
    outcome = endOf(error, steps.current(), ports);
    await box.keepWork().catch(() => undefined);
  }
  // Deleted before the end is told: who reads "done" finds nothing left behind. The outcome is kept with
  // it: a last word that has to be said again is the same one.
  return steps.settle(async () => {
    const isKept = ports.keepsBoxes && (await box.keep(outcome));
    const deletion = isKept ? null : patiently(() => box.delete(), ports, DELETION_LIMIT_MS);
    await Promise.allSettled([deletion, repository.clean()]);
    return outcome;
  });
}

async function carryOn(
  job: Job,
  box: JobBox,
  repository: TrustedRepository,
  { step }: ReturnType<typeof trackSteps>,
  ports: JobPorts,
): Promise<Outcome> {
  await step("acknowledge", () => acknowledge(job, ports));
  const prepared = await step("prepare", (again) => prepare(job, repository, again, ports));
  box.prepared = prepared;
  const work = await step("agent", async (again) =>
    runAgent(await box.open(), job, prepared, again, ports),
  );
  const { findings, summary } = work;
  if (findings !== undefined) {
    await step("publish", () => publishReview(job, { summary, findings }, ports));
  }
  // It is answered by words; nothing of what was done on the way is wanted.
  if (isReadOnly(job.request.command)) return { status: "succeeded" };
  box.tree = work.tree;
  const result = await step("verify", async (again) =>
    verify(await box.open(), job, work, again, ports),
  );
  box.tree = result.tree;
  const collectNow = async () => collect(await box.open(), job, result, repository, ports);
  const collected = await step("collect", collectNow);
  if (collected === null) return { status: "unchanged" };
  await step("publish", () => publish(job, result, collected, repository, collectNow, ports));
  return { status: "succeeded" };
}

async function keptStep<T>(name: StepName, { journal }: JobPorts): Promise<T | undefined> {
  if (!journal.has(name)) return undefined;
  return journal.step<T>(name, () => Promise.reject(new Error(`${name} was kept.`)));
}

/** Begins again with a new box where the old one is gone, but not for ever. */
async function withNewStarts<T>(
  attempt: () => Promise<T>,
  box: JobBox,
  ports: JobPorts,
): Promise<T> {
  for (let starts = 1; ; starts++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof StartOver) || ports.signal.aborted || starts === MOST_STARTS) {
        throw error;
      }
      ports.emit({ type: "step-repeated", step: "prepare", because: error.message });
      await box.delete().catch(() => undefined);
      await ports.journal.forget(IN_THE_BOX);
      box.forget();
    }
  }
}

/** Steps say when they begin and end; `current` is the one that an error came from. */
function trackSteps(ports: JobPorts) {
  let name: StepName = "acknowledge";
  const run = async <T>(next: StepName, work: () => Promise<T>): Promise<T> => {
    // What is done already has said so.
    if (ports.journal.has(next)) return ports.journal.step(next, work);
    name = next;
    ports.emit({ type: "step-started", step: next });
    const started = performance.now();
    return ports.journal.step(next, async () => {
      const result = await work();
      const milliseconds = Math.round(performance.now() - started);
      // Before it is kept: what was said of a finished step is in the log.
      ports.emit({ type: "step-finished", step: next, milliseconds });
      return result;
    });
  };
  return {
    current: () => name,
    /** @param work told whether somebody may have begun with it before */
    async step<T>(next: StepName, work: (again: boolean) => Promise<T>): Promise<T> {
      ports.signal.throwIfAborted();
      return run(next, () => patiently(work, ports));
    },
    /** The last step runs also when the job was stopped: somebody has to clean up. */
    settle: <T>(work: () => Promise<T>) => run("settle", work),
  };
}

function endOf(error: unknown, step: StepName, { signal }: JobPorts): Outcome {
  const stop = stopOf(signal);
  if (stop === null) return { status: "failed", failure: asFailure(error, step) };
  if (stop.kind === "cancelled") return { status: "cancelled", by: stop.by };
  return { status: "interrupted", because: stop.message };
}
