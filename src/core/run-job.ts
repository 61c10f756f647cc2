import type { Box } from "../box/index.ts";
import type { Outcome, StepName } from "./events.ts";
import type { Job } from "./job.ts";
import { asFailure } from "./job-failure.ts";
import type { JobPorts } from "./ports.ts";
import { acknowledge } from "./steps/acknowledge.ts";
import { collect } from "./steps/collect.ts";
import { keepWork } from "./steps/keep-work.ts";
import { type PreparedBox, prepare } from "./steps/prepare.ts";
import { publish } from "./steps/publish.ts";
import { runAgent } from "./steps/run-agent.ts";
import { verify } from "./steps/verify.ts";
import { TrustedRepository } from "./trusted-repository.ts";

/**
 * Carries one job out, from the 👀 to the last edit of its comment. It never throws for a job that
 * fails: that is an outcome, and it is told in the comment.
 */
export async function runJob(job: Job, ports: JobPorts): Promise<Outcome> {
  const { commandLine, requester } = job.request;
  ports.emit({ type: "job-started", jobId: job.id, commandLine, requester: requester.login });
  const steps = trackSteps(ports);
  // At once, while the job may have to wait for its turn.
  const acknowledged = steps.step("acknowledge", () => acknowledge(job, ports));
  acknowledged.catch(() => undefined);
  const outcome = await ports.inTurn((current) => work(current, acknowledged, steps, ports));
  ports.emit({ type: "job-finished", outcome });
  return outcome;
}

async function work(
  job: Job,
  acknowledged: Promise<void>,
  { step, settle, current }: ReturnType<typeof trackSteps>,
  ports: JobPorts,
): Promise<Outcome> {
  const { cloneUrl } = job.request.repository;
  const repository = new TrustedRepository(ports.repositories, cloneUrl, job.id);
  const box = new JobBox(ports);
  let outcome: Outcome;
  let tree: string | undefined;
  try {
    await acknowledged;
    box.prepared = await step("prepare", () => prepare(job, repository, ports));
    const result = await step("agent", async () => runAgent(await box.open(), job, ports));
    tree = result.tree;
    await step("verify", async () => verify(await box.open(), ports));
    const collected = await step("collect", async () =>
      collect(await box.open(), job, result, repository, ports),
    );
    if (collected !== null) {
      await step("publish", () => publish(job, result, collected, repository, ports));
    }
    outcome = { status: collected === null ? "unchanged" : "succeeded" };
  } catch (error) {
    outcome = ports.signal.aborted
      ? { status: "interrupted", because: interruption(ports.signal) }
      : { status: "failed", failure: asFailure(error, current()) };
    await box.keepWork(job, tree).catch(() => undefined);
  }
  // Deleted before the end is told: who reads "done" finds nothing left behind.
  await settle(() => Promise.allSettled([box.delete(), repository.clean()]));
  return outcome;
}

/** Steps say when they begin and end; `current` is the one that an error came from. */
function trackSteps(ports: JobPorts) {
  let name: StepName = "acknowledge";
  const run = async <T>(next: StepName, work: () => Promise<T>): Promise<T> => {
    name = next;
    ports.emit({ type: "step-started", step: next });
    const started = performance.now();
    const result = await ports.step(next, work);
    const milliseconds = Math.round(performance.now() - started);
    ports.emit({ type: "step-finished", step: next, milliseconds });
    return result;
  };
  return {
    current: () => name,
    async step<T>(next: StepName, work: () => Promise<T>): Promise<T> {
      ports.signal.throwIfAborted();
      return run(next, work);
    },
    /** The last step runs also when the job was stopped: somebody has to clean up. */
    settle: (work: () => Promise<unknown>) => run("settle", work),
  };
}

function interruption({ reason }: AbortSignal): string {
  return reason instanceof Error ? reason.message : String(reason);
}

/** The job's box, found again by its id when the step that made it was another process's. */
class JobBox {
  prepared: PreparedBox | undefined;
  readonly #ports: JobPorts;
  #box: Promise<Box> | undefined;

  constructor(ports: JobPorts) {
    this.#ports = ports;
  }

  open(): Promise<Box> {
    this.#box ??= this.#find();
    return this.#box;
  }

  async keepWork(job: Job, tree: string | undefined): Promise<void> {
    if (this.prepared !== undefined) await keepWork(await this.open(), job, tree, this.#ports);
  }

  async delete(): Promise<void> {
    if (this.prepared !== undefined) await (await this.open()).delete();
  }

  async #find(): Promise<Box> {
    if (this.prepared === undefined) throw new Error("The job has no box yet.");
    const box = await this.#ports.boxes.get(this.prepared.boxId);
    await box.cd(this.prepared.folder);
    return box;
  }
}
