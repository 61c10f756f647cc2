import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { SdkCost, SdkOrder } from "./sdk-process.ts";
import type { SdkWorkName } from "./sdk-work.ts";

const PROGRAM = fileURLToPath(new URL("sdk-process.ts", import.meta.url));

/** One of the two SDKs in a process of its own; see `sdk-process.ts`. */
export class SdkClient implements AsyncDisposable {
  readonly #order: Omit<SdkOrder, "work">;
  readonly #process: ChildProcess = fork(PROGRAM, { execArgv: ["--import", "tsx"] });

  constructor(order: Omit<SdkOrder, "work">) {
    this.#order = order;
  }

  /** @throws Error with what went wrong in there */
  async run(work: SdkWorkName): Promise<SdkCost> {
    const answer = once(this.#process, "message") as Promise<[SdkCost]>;
    this.#process.send({ ...this.#order, work } satisfies SdkOrder);
    const [cost] = await answer;
    if (cost.problem !== undefined) throw new Error(cost.problem);
    return cost;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#process, "exit");
    this.#process.kill();
    await ended;
  }
}
