import type { Sandbox } from "./driver/driver.ts";
import { Turns } from "./turns.ts";

/** The sandbox of one box: made when it is needed, and never by two at once. */
export class BoxSandbox {
  readonly #turns = new Turns();
  readonly #start: () => Promise<Sandbox>;
  readonly #onDeath: () => void;
  #live: Sandbox | undefined;

  /** @param options.onDeath told when the sandbox has ended and nobody had stopped it */
  constructor(options: { start: () => Promise<Sandbox>; onDeath: () => void }) {
    this.#start = options.start;
    this.#onDeath = options.onDeath;
  }

  /** The sandbox; started when there is none. */
  async get(): Promise<Sandbox> {
    if (this.#live !== undefined && this.#turns.areFree) return this.#live;
    return this.#turns.take(() => this.#ensure());
  }

  /**
   * Stops the sandbox if there is one, and does something while nobody can start it.
   * @param mayStop asked when nobody starts or stops it any more
   */
  stop(afterwards: () => Promise<void>, mayStop: () => boolean = () => true): Promise<void> {
    return this.#turns.take(async () => {
      if (!mayStop()) return;
      await this.#stop();
      await afterwards();
    });
  }

  /** Starts the sandbox and does something before anybody else has it. */
  start(work: (sandbox: Sandbox) => Promise<void>): Promise<void> {
    return this.#turns.take(async () => work(await this.#ensure()));
  }

  /** Does something with the sandbox as it is; nobody starts or stops it meanwhile. */
  hold<T>(work: (sandbox: Sandbox | undefined) => Promise<T>): Promise<T> {
    return this.#turns.take(() => work(this.#live));
  }

  /** Like `hold`, and stops the sandbox for it when that ends nothing. */
  atRest<T>(
    mayStop: (sandbox: Sandbox) => Promise<boolean>,
    work: (sandbox: Sandbox | undefined) => Promise<T>,
  ): Promise<T> {
    return this.#turns.take(async () => {
      if (this.#live !== undefined && (await mayStop(this.#live))) await this.#stop();
      return work(this.#live);
    });
  }

  async #ensure(): Promise<Sandbox> {
    if (this.#live !== undefined) return this.#live;
    const sandbox = await this.#start();
    this.#live = sandbox;
    // The connection ends before the last process is gone: nobody may be given it meanwhile.
    void Promise.race([sandbox.connection.closed, sandbox.stopped]).then(() => this.#died(sandbox));
    return sandbox;
  }

  #died(sandbox: Sandbox): void {
    if (this.#live !== sandbox) return;
    this.#live = undefined;
    void this.#turns.take(() => sandbox.stop());
    this.#onDeath();
  }

  async #stop(): Promise<void> {
    const sandbox = this.#live;
    // First: what ends now was stopped, it did not die.
    this.#live = undefined;
    await sandbox?.stop();
  }
}
