import { type Box, BoxError } from "../box/index.ts";
import type { Job } from "./job.ts";
import type { JobPorts } from "./ports.ts";
import { StartOver } from "./start-over.ts";
import { keepWork } from "./steps/keep-work.ts";
import type { PreparedBox } from "./steps/prepare.ts";

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
    if (this.prepared === undefined) return;
    await keepWork(await this.open(), this.#job, this.tree, this.#ports);
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
