export interface BatcherOptions<Item> {
  /** The most that are written together. */
  items: number;
  /** The same, of what `sizeOf` counts. */
  size: number;
  sizeOf(item: Item): number;
}

interface Waiting<Item, Result> {
  item: Item;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/**
 * Writes together what comes while a write is under way: a commit is what a database takes its time for,
 * and one does for many. Nothing waits when nothing is under way.
 *
 * @param write gives back a result for each item, in their order; a batch that fails is written again one
 *   by one, so that a bad item fails alone: to write one twice must mean the same as once
 */
export class Batcher<Item, Result> {
  readonly #write: (items: readonly Item[]) => Promise<readonly Result[]>;
  readonly #options: BatcherOptions<Item>;
  #waiting: Waiting<Item, Result>[] = [];
  #working = false;

  constructor(
    write: (items: readonly Item[]) => Promise<readonly Result[]>,
    options: BatcherOptions<Item>,
  ) {
    this.#write = write;
    this.#options = options;
  }

  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (!this.#working) void this.#work();
    });
  }

  async #work(): Promise<void> {
    this.#working = true;
    while (this.#waiting.length > 0) await this.#writeAll(this.#next());
    this.#working = false;
  }

  #next(): Waiting<Item, Result>[] {
    const { items, size, sizeOf } = this.#options;
    let total = 0;
    const count = this.#waiting.slice(0, items).findIndex(({ item }, index) => {
      total += sizeOf(item);
      return index > 0 && total > size;
    });
    return this.#waiting.splice(0, count === -1 ? items : count);
  }

  async #writeAll(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.#write(batch.map(({ item }) => item));
      for (const [index, { resolve }] of batch.entries()) resolve(results[index] as Result);
    } catch (error) {
      const [first] = batch;
      if (batch.length === 1) first?.reject(error);
      else for (const one of batch) await this.#writeAll([one]);
    }
  }
}
