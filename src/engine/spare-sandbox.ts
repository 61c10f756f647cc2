import type { Driver, Sandbox, SandboxSpec } from "./driver/driver.ts";

/** The box that has just been made has its first commands to run before the next one is prepared. */
const DELAY_MS = 30;

/** A sandbox that no box has yet, and what it was started as. */
export interface Spare {
  spec: SandboxSpec;
  sandbox: Sandbox;
}

/**
 * Keeps one sandbox started that nobody has asked for, so that the next box is there at once: what is
 * slow about a box is the making of its namespaces, not of its record. Until it is taken its folder has
 * no record, so that a crash leaves nothing that would count as a box.
 */
export class SpareSandbox {
  readonly #driver: Driver;
  readonly #newSpec: () => SandboxSpec;
  #spec: SandboxSpec | undefined;
  #starting: Promise<Spare | undefined> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  /** @param newSpec says what to start: a fresh disk, and a name that no box has */
  constructor(driver: Driver, newSpec: () => SandboxSpec) {
    this.#driver = driver;
    this.#newSpec = newSpec;
  }

  /** The spare that is there or on its way: its id and its slot are taken. */
  get spec(): SandboxSpec | undefined {
    return this.#spec;
  }

  /** Starts one in a moment, if there is none. A failure is told by the next create, which fails too. */
  prepare(): void {
    if (this.#closed || this.#starting !== undefined || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#starting = this.#start();
    }, DELAY_MS).unref();
  }

  /**
   * Hands the spare to `use`, which is called before anybody else can do anything; one that is on its
   * way is waited for. When `use` throws it has not taken the spare.
   * @param fits whether it is what is needed; one that is not is of no use to those that come after either
   */
  async take<T>(
    use: (spare: Spare | undefined) => T,
    fits: (spec: SandboxSpec) => boolean = () => true,
  ): Promise<T> {
    const starting = this.#starting;
    const spare = await starting;
    // Somebody else may have been first, or it has ended meanwhile.
    if (spare === undefined || this.#starting !== starting) return use(undefined);
    this.#forget();
    if (!fits(spare.spec)) {
      await this.#discard(spare);
      return use(undefined);
    }
    try {
      return use(spare);
    } catch (error) {
      await this.#discard(spare);
      throw error;
    }
  }

  /** Ends the spare. None is started any more. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.take((spare) => spare && this.#discard(spare));
  }

  async #start(): Promise<Spare | undefined> {
    const spec = this.#newSpec();
    this.#spec = spec;
    try {
      const sandbox = await this.#driver.start(spec);
      const spare = { spec, sandbox };
      void Promise.race([sandbox.connection.closed, sandbox.stopped]).then(() => this.#ended(spec));
      return spare;
    } catch {
      await this.#driver.destroy(spec).catch(() => undefined);
      if (this.#spec === spec) this.#forget();
      return undefined;
    }
  }

  /** It has died while nobody had it. */
  #ended(spec: SandboxSpec): void {
    if (this.#spec !== spec) return;
    const starting = this.#starting;
    this.#forget();
    void starting?.then((spare) => spare && this.#discard(spare)).catch(() => undefined);
  }

  async #discard({ spec, sandbox }: Spare): Promise<void> {
    await sandbox.stop();
    await this.#driver.destroy(spec);
  }

  #forget(): void {
    this.#spec = undefined;
    this.#starting = undefined;
  }
}
