import { Readable } from "node:stream";
import type { BoxdError } from "./error.ts";
import { ReceiveWindow } from "./receive-window.ts";

/** A piece that is this much smaller than the memory it lies in is copied out of it. */
const WASTE_FACTOR = 16;
/** Pieces below this are gathered in blocks while nobody reads. */
const SMALL_BYTES = 4096;
const BLOCK_BYTES = 16 * 1024;

/** Where the bytes of one stream of a channel go. */
export interface Receiver {
  /** Throws a BoxdError `PROTOCOL` for more than was granted. */
  accept(chunk: Buffer): void;
  finish(): void;
  fail(error: BoxdError): void;
}

/** What a stream is made with, so that it takes from an `Inbound`. */
export interface InboundOptions {
  highWaterMark: number;
  read: () => void;
  destroy: (error: Error | null, callback: (error: Error | null) => void) => void;
}

/**
 * A stream of bytes from boxd as a `Readable`. It grants credit as the reader takes the bytes; when
 * the reader destroys it, what still comes is dropped, so that the sender is not held up.
 *
 * What waits is bounded by the window in memory too, not only in bytes: a hostile sender could
 * otherwise make each single byte keep a whole chunk or object alive.
 */
export class Inbound implements Receiver {
  readonly readable: Readable;
  readonly #window: ReceiveWindow;
  #queue: Buffer[] = [];
  /** Bytes used of the last block of the queue, when it is one of ours; else undefined. */
  #blockUsed: number | undefined;
  #wanted = false;
  #finished = false;

  /** @param make makes the stream, for one that is more than a `Readable` */
  constructor(
    windowBytes: number,
    grant: (bytes: number) => void,
    make: (options: InboundOptions) => Readable = (options) => new Readable(options),
  ) {
    this.#window = new ReceiveWindow(windowBytes, grant);
    this.readable = make({
      highWaterMark: 64 * 1024,
      read: () => {
        this.#wanted = true;
        this.#drain();
      },
      destroy: (error, callback) => {
        this.#dropQueue();
        callback(error);
      },
    });
    // A failure nobody listens for must not end the engine; who reads sees it all the same.
    this.readable.on("error", () => {});
  }

  accept(chunk: Buffer): void {
    this.#window.receive(chunk.length);
    if (this.readable.destroyed) {
      this.#window.consume(chunk.length);
    } else if (this.#wanted && this.#queue.length === 0) {
      this.#hand(compact(chunk));
    } else {
      this.#keep(chunk);
    }
  }

  finish(): void {
    this.#finished = true;
    this.#drain();
  }

  fail(error: BoxdError): void {
    this.readable.destroy(error);
  }

  #drain(): void {
    while (this.#wanted && this.#queue.length > 0) {
      const first = this.#queue.shift() as Buffer;
      const used = this.#queue.length === 0 ? this.#blockUsed : undefined;
      if (this.#queue.length === 0) this.#blockUsed = undefined;
      this.#hand(used === undefined ? first : first.subarray(0, used));
    }
    if (this.#finished && this.#queue.length === 0 && !this.readable.destroyed) {
      this.readable.push(null);
    }
  }

  #hand(chunk: Buffer): void {
    // Cleared before: push() may call read() again.
    this.#wanted = false;
    if (this.readable.push(chunk)) this.#wanted = true;
    this.#window.consume(chunk.length);
  }

  #keep(chunk: Buffer): void {
    if (chunk.length >= SMALL_BYTES) {
      this.#closeBlock();
      this.#queue.push(chunk);
      return;
    }
    if (this.#blockUsed === undefined || this.#blockUsed + chunk.length > BLOCK_BYTES) {
      this.#closeBlock();
      this.#queue.push(Buffer.allocUnsafeSlow(BLOCK_BYTES));
      this.#blockUsed = 0;
    }
    const block = this.#queue[this.#queue.length - 1] as Buffer;
    this.#blockUsed += chunk.copy(block, this.#blockUsed);
  }

  #closeBlock(): void {
    if (this.#blockUsed === undefined) return;
    const block = this.#queue.pop() as Buffer;
    this.#queue.push(block.subarray(0, this.#blockUsed));
    this.#blockUsed = undefined;
  }

  #dropQueue(): void {
    this.#closeBlock();
    for (const chunk of this.#queue) this.#window.consume(chunk.length);
    this.#queue = [];
  }
}

function compact(chunk: Buffer): Buffer {
  if (chunk.length * WASTE_FACTOR >= chunk.buffer.byteLength) return chunk;
  // Not Buffer.from: its shared pool would be kept alive as the chunk was.
  const copy = Buffer.allocUnsafeSlow(chunk.length);
  chunk.copy(copy);
  return copy;
}
