import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("bare-process.mjs", import.meta.url));

export interface BareOptions {
  cwd?: string;
  env?: Record<string, string | undefined>;
  uid?: number;
  gid?: number;
  /** Files that the program finds open for reading, by descriptor number. */
  files?: Record<number, string>;
}

/** A small Node process that the programs of a baseline are started from; see `bare-process.mjs`. */
export class BareProcess implements AsyncDisposable {
  // Nothing of the loader that this process runs with: the other one is plain Node.
  readonly #process: ChildProcess = fork(PROGRAM, { execArgv: [] });

  /**
   * Starts a program and waits until it has ended and its output is read.
   * @returns milliseconds, measured in the small process
   * @throws Error with what the program said when it fails
   */
  async run(program: string, args: readonly string[], options: BareOptions = {}): Promise<number> {
    const answer = once(this.#process, "message");
    this.#process.send({ program, args, options });
    const [{ milliseconds, problem }] = await answer;
    if (problem !== null) throw new Error(problem);
    return milliseconds;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#process, "exit");
    this.#process.disconnect();
    await ended;
  }
}
