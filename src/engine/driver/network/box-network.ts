import type { NetworkMode } from "../driver.ts";
import { type Slirp, startSlirp } from "./slirp.ts";

/**
 * A way out that ends earlier than this after its start is not started again: somebody in the box makes
 * it fail.
 */
const RESTART_AFTER_MS = 1_000;

/** What one running box may reach, changed while it runs. */
export class BoxNetwork {
  readonly #pid: number;
  readonly #hostUser: number | undefined;
  #slirp: Slirp | undefined;
  #mode: NetworkMode = "deny-all";
  #changing: Promise<void> = Promise.resolve();

  /** @param pid a process whose network namespace is the box's; @param hostUser that owns it */
  constructor(pid: number, hostUser: number | undefined) {
    this.#pid = pid;
    this.#hostUser = hostUser;
  }

  /** Resolves when it holds, for connections that are open too. One change after the other. */
  set(mode: NetworkMode): Promise<void> {
    this.#changing = this.#changing.catch(() => undefined).then(() => this.#apply(mode));
    return this.#changing;
  }

  async #apply(mode: NetworkMode): Promise<void> {
    this.#mode = mode;
    if (mode === "deny-all") {
      const slirp = this.#slirp;
      this.#slirp = undefined;
      await slirp?.stop();
    } else if (this.#slirp === undefined) {
      const slirp = await startSlirp(this.#pid, this.#hostUser);
      this.#slirp = slirp;
      const startedAt = performance.now();
      void slirp.stopped.then(() => this.#ended(slirp, performance.now() - startedAt));
    }
  }

  #ended(slirp: Slirp, lived: number): void {
    if (this.#slirp !== slirp) return;
    this.#slirp = undefined;
    if (this.#mode === "deny-all" || lived < RESTART_AFTER_MS) return;
    // Failing leaves the box with less than it may have, never with more.
    this.set(this.#mode).catch(() => undefined);
  }
}
