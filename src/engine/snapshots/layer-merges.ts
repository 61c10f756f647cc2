import type { Boxes } from "../boxes.ts";
import type { Driver } from "../driver/driver.ts";
import { Turns } from "../turns.ts";
import type { LayerFolder } from "./layer-folder.ts";
import type { SnapshotStore } from "./snapshot-store.ts";

/** Each layer more makes looking up a file a little slower; beyond these, one is made of all. */
const MANY_LAYERS = 20;

export interface LayerMergesOptions {
  driver: Driver;
  boxes: Boxes;
  store: SnapshotStore;
  layers: LayerFolder;
}

/**
 * Keeps chains of layers short. A copy is made in the background, and boxes go on with the layers that
 * they have mounted: a snapshot is changed at once, a box when its next snapshot is taken.
 */
export class LayerMerges {
  readonly #options: LayerMergesOptions;
  readonly #turns = new Turns();
  #merges: Array<{ chain: readonly string[]; merged: string }> = [];
  #closed = false;

  constructor(options: LayerMergesOptions) {
    this.#options = options;
  }

  /** Layers that show the same as these, topmost first: fewer when some have been merged. */
  shorten(layers: readonly string[]): string[] {
    const found = this.#merges
      .filter(({ chain }) => endsWith(layers, chain))
      .sort((a, b) => b.chain.length - a.chain.length)[0];
    if (found === undefined) return [...layers];
    return this.shorten([...layers.slice(0, -found.chain.length), found.merged]);
  }

  /** Merged layers that boxes go over to with their next snapshot. Those that none will are forgotten. */
  needed(): string[] {
    const chains = this.#options.boxes.list().map(({ record }) => record.layers);
    this.#merges = this.#merges.filter(({ chain }) => chains.some((box) => endsWith(box, chain)));
    return this.#merges.map(({ merged }) => merged);
  }

  /** Merges what has become too long. */
  mergeAll(): Promise<void> {
    return this.#turns.take(async () => {
      for (let chain = this.#longest(); chain !== undefined; chain = this.#longest()) {
        if (this.#closed) return;
        await this.#merge(chain);
      }
    });
  }

  /** Waits for the merge that is going on. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#turns.take(async () => {});
  }

  #longest(): string[] | undefined {
    const { boxes, store } = this.#options;
    const chains = [
      ...store.ready().map(({ origin }) => origin.layers),
      ...boxes.list().map(({ record }) => record.layers),
    ];
    return chains
      .filter((chain) => this.shorten(chain).length > MANY_LAYERS)
      .sort((a, b) => b.length - a.length)[0];
  }

  async #merge(chain: readonly string[]): Promise<void> {
    const { driver, layers, store } = this.#options;
    const short = this.shorten(chain);
    const merged = layers.newId();
    const unpin = layers.pin([...short, merged]);
    try {
      await driver.mergeLayers(
        short.map((id) => layers.path(id)),
        layers.path(merged),
      );
      this.#merges.push({ chain, merged }, { chain: short, merged });
      const shortened = store
        .ready()
        .map(({ id, origin }) => ({ id, origin, short: this.shorten(origin.layers) }))
        .filter(({ origin, short }) => short.length < origin.layers.length);
      for (const { id, origin, short } of shortened) {
        await store.change(id, { origin: { ...origin, layers: short }, is_counted: false });
      }
    } finally {
      unpin();
      layers.collect();
    }
  }
}

function endsWith(layers: readonly string[], chain: readonly string[]): boolean {
  const at = layers.length - chain.length;
  return at >= 0 && chain.every((id, index) => layers[at + index] === id);
}
