import { BoxError } from "./box-error.ts";

/** What waits for its reader, in the order of its coming, until it ends or fails. */
export class ChunkQueue<Chunk> {
  readonly #onSize: (size: number) => void;
  #chunks: { chunk: Chunk; size: number }[] = [];
  #size = 0;
  #end: { error?: BoxError | undefined } | undefined;
  #isAbandoned = false;
  #isReading = false;
  #wasRead = false;
  #wake: (() => void) | undefined;

  /** @param onSize told how much waits, whenever that changes */
  constructor(onSize: (size: number) => void) {
    this.#onSize = onSize;
  }

  push(chunk: Chunk, size: number): void {
    if (this.#end !== undefined || this.#isAbandoned) return;
    this.#chunks.push({ chunk, size });
    this.#resize(size);
    this.#wake?.();
  }

  /** What waits is still handed out; then the reader's loop ends, or throws. The first end counts. */
  end(error?: BoxError): void {
    this.#end ??= { error };
    this.#wake?.();
  }

  /** Lets all go, now and later, unless somebody has begun to read. Tells whether it did. */
  abandonUnread(): boolean {
    if (this.#wasRead) return false;
    this.#isAbandoned = true;
    this.#chunks = [];
    this.#resize(-this.#size);
    return true;
  }

  /** One reader at a time; the next goes on where the last has left off. */
  async *read(): AsyncGenerator<Chunk, void, undefined> {
    if (this.#isReading) throw notReadable("Another loop reads this session. Keep to one.");
    if (this.#isAbandoned) {
      throw notReadable("wait() has let the output go, as nobody read it. Begin the loop first.");
    }
    this.#isReading = true;
    this.#wasRead = true;
    try {
      for (;;) {
        const next = this.#chunks.shift();
        if (next !== undefined) {
          this.#resize(-next.size);
          yield next.chunk;
        } else if (this.#end?.error !== undefined) throw this.#end.error;
        else if (this.#end !== undefined) return;
        else await this.#change();
      }
    } finally {
      this.#isReading = false;
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #resize(by: number): void {
    this.#size += by;
    this.#onSize(this.#size);
  }
}

function notReadable(message: string): BoxError {
  return new BoxError("invalid_argument", message);
}
