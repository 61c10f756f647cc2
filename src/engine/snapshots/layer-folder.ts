import { randomBytes } from "node:crypto";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Driver, LayerSize } from "../driver/driver.ts";
import { Turns } from "../turns.ts";

export interface LayerFolderOptions {
  folder: string;
  driver: Driver;
  /** The layers that something needs; undefined: nobody knows, so none is removed. */
  needed: () => ReadonlySet<string> | undefined;
  /** Told of failures that nobody waits for. */
  onError: (error: unknown) => void;
}

/**
 * The immutable layers of an engine, `<data>/layers/<id>`. Nothing is counted up and down: a layer goes
 * when no record names it, so that a crash can leave no wrong count.
 */
export class LayerFolder {
  readonly #options: LayerFolderOptions;
  readonly #turns = new Turns();
  readonly #pins = new Map<string, number>();
  readonly #sizes = new Map<string, LayerSize>();
  #isDue = false;
  #closed = false;

  constructor(options: LayerFolderOptions) {
    this.#options = options;
  }

  /** Makes the folder if it is not there, and removes what a crash has left in it. */
  async open(): Promise<void> {
    await mkdir(this.#options.folder, { recursive: true, mode: 0o700 });
    this.collect();
  }

  /** An id that nothing has. */
  newId(): string {
    return randomBytes(8).toString("hex");
  }

  path(id: string): string {
    return join(this.#options.folder, id);
  }

  /** Keeps layers that no record names yet, or no more, until the function is called that this gives back. */
  pin(ids: readonly string[]): () => void {
    for (const id of ids) this.#pins.set(id, (this.#pins.get(id) ?? 0) + 1);
    return () => {
      for (const id of ids) {
        const left = (this.#pins.get(id) ?? 0) - 1;
        if (left > 0) this.#pins.set(id, left);
        else this.#pins.delete(id);
      }
    };
  }

  /** Removes, in the background, what nothing needs. */
  collect(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    void this.#turns.take(() => this.#collect()).catch(this.#options.onError);
  }

  /** What layers take on the disk, as far as it can be told at once. */
  size(ids: readonly string[]): { bytes: number; isWhole: boolean } {
    const sizes = ids.map((id) => this.#sizeOf(id));
    const bytes = sizes.reduce((sum, size) => sum + size.bytes, 0);
    return { bytes, isWhole: sizes.every(({ count }) => count === undefined) };
  }

  /** What layers take on the disk; counts what is not known yet. */
  async count(ids: readonly string[]): Promise<number> {
    for (const id of ids) {
      const { count } = this.#sizeOf(id);
      if (count !== undefined) this.#sizes.set(id, { bytes: await count() });
    }
    return this.size(ids).bytes;
  }

  /** Waits for the removal of one layer at most; the next start removes the others. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#turns.take(async () => {});
  }

  async #collect(): Promise<void> {
    this.#isDue = false;
    const { folder, driver, needed } = this.#options;
    // Before it is asked what is needed: a layer that is made meanwhile is not looked at, and one that
    // nothing needs now is never needed again.
    const names = await readdir(folder);
    const keep = needed();
    if (keep === undefined) return;
    for (const name of names) {
      // What is being copied stands there under this name.
      const id = name.replace(/\.part$/, "");
      if (this.#closed) return;
      if (keep.has(id) || this.#pins.has(id)) continue;
      this.#sizes.delete(id);
      await driver.destroyLayer(join(folder, name));
    }
  }

  #sizeOf(id: string): LayerSize {
    const size = this.#sizes.get(id) ?? this.#options.driver.layerSize(this.path(id));
    this.#sizes.set(id, size);
    return size;
  }
}
