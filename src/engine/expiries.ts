import type { EngineBox } from "./engine-box.ts";

/** Tells of each ephemeral box when its time is over. Waiting, it does not keep the process alive. */
export class Expiries {
  readonly #onExpired: (box: EngineBox) => void;
  readonly #timers = new Map<EngineBox, NodeJS.Timeout>();
  #closed = false;

  constructor(onExpired: (box: EngineBox) => void) {
    this.#onExpired = onExpired;
  }

  /** Boxes that live until they are deleted are ignored. */
  add(box: EngineBox): void {
    const { expires_at } = box.record;
    if (expires_at === undefined || this.#closed) return;
    const timer = setTimeout(
      () => {
        this.#timers.delete(box);
        this.#onExpired(box);
      },
      Math.max(expires_at * 1000 - Date.now(), 0),
    ).unref();
    this.#timers.set(box, timer);
  }

  /** A box that was deleted before its time must not be kept in memory until then. */
  remove(box: EngineBox): void {
    clearTimeout(this.#timers.get(box));
    this.#timers.delete(box);
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}
