import { type Box, BoxError } from "../box/index.ts";
import { isReadOnly } from "./admit.ts";
import type { Outcome } from "./events.ts";
import type { Job } from "./job.ts";
import type { JobPorts } from "./ports.ts";
import { StartOver } from "./start-over.ts";
import { keepWork } from "./steps/keep-work.ts";
import type { PreparedBox } from "./steps/prepare.ts";

/** Whoever cancelled a job does not go on with it, and one that was interrupted has no conversation. */
const NOT_KEPT: readonly Outcome["status"][] = ["cancelled", "interrupted"];

/** The job's box, found again by its id when the step that made it was another process's. */
export class JobBox {
  prepared: PreparedBox | undefined;
  /** The recorded result, where there is one. */
  tree: string | undefined;
  readonly #job: Job;
  readonly #ports: JobPorts;
  #box: Promise<Box> | undefined;

  constructor(job: Job, ports: JobPorts) {
    this.#job = job;
    this.#ports = ports;
  }

  /** @throws StartOver when it is gone, and with it what was done in it */
  open(): Promise<Box> {
    this.#box ??= this.#find().catch((error) => {
      this.#box = undefined;
      throw error;
    });
    return this.#box;
  }

  /** Keeps what a job that fails had done so far. */
  async keepWork(): Promise<void> {
    if (this.prepared === undefined || isReadOnly(this.#job.request.command)) return;
    await keepWork(await this.open(), this.#job, this.tree, this.#ports);
  }

  /**
   * Pauses the box, so that somebody can go on in it with the agent that knows what it did.
   * @returns false when it is not worth keeping, or cannot be
   */
  async keep({ status }: Outcome): Promise<boolean> {
    const { emit } = this.#ports;
    const asksAgent = this.#job.request.command.verb !== "run";
    const isWorthIt = asksAgent && this.#hasWorked && !NOT_KEPT.includes(status);
    if (this.prepared === undefined || !isWorthIt) return false;
    try {
      await (await this.open()).pause();
    } catch {
      return false;
    }
    emit({ type: "box-kept", boxId: this.prepared.boxId });
    return true;
  }

  /** Deletes the box, also one that an earlier attempt had made and this one has not opened. */
  async delete(): Promise<void> {
    const { boxes, resumed } = this.#ports;
    // Not opened: what runs in it may have taken its folder away.
    if (this.prepared !== undefined) return (await boxes.get(this.prepared.boxId)).delete();
    if (resumed === null) return;
    await Promise.all((await boxes.find(this.#job.id)).map((box) => box.delete()));
  }

  forget(): void {
    this.prepared = undefined;
    this.tree = undefined;
    this.#box = undefined;
  }

  get #hasWorked(): boolean {
    return this.#ports.journal.has("agent");
  }

  async #find(): Promise<Box> {
    if (this.prepared === undefined) throw new Error("The job has no box yet.");
    try {
      const box = await this.#ports.boxes.get(this.prepared.boxId);
      await box.cd(this.prepared.folder);
      return box;
    } catch (cause) {
      const isGone =
        BoxError.isInstance(cause) &&
        (cause.code === "not_found" || cause.code === "no_such_directory");
      throw isGone ? new StartOver("its box is gone", { cause }) : cause;
    }
  }
}
