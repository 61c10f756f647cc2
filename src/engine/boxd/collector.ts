import type { BoxdError } from "./error.ts";
import type { Receiver } from "./inbound.ts";
import { ReceiveWindow } from "./receive-window.ts";

const FIRST_BYTES = 4096;

/** Gathers a stream of bytes from boxd in one buffer, up to a limit. */
export class Collector implements Receiver {
  readonly #window: ReceiveWindow;
  readonly #limitBytes: number;
  readonly #onExceeded: () => void;
  #buffer: Buffer = Buffer.alloc(0);
  #length = 0;
  #exceeded = false;

  /** `onExceeded` is called once; from then on all is dropped. */
  constructor(
    options: { windowBytes: number; limitBytes: number; onExceeded: () => void },
    grant: (bytes: number) => void,
  ) {
    this.#window = new ReceiveWindow(options.windowBytes, grant);
    this.#limitBytes = options.limitBytes;
    this.#onExceeded = options.onExceeded;
  }

  get collected(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  accept(chunk: Buffer): void {
    this.#window.receive(chunk.length);
    this.#window.consume(chunk.length);
    if (this.#exceeded) return;
    if (this.#length + chunk.length > this.#limitBytes) {
      this.#exceeded = true;
      this.#buffer = Buffer.alloc(0);
      this.#length = 0;
      this.#onExceeded();
      return;
    }
    this.#grow(this.#length + chunk.length);
    chunk.copy(this.#buffer, this.#length);
    this.#length += chunk.length;
  }

  finish(): void {}

  fail(_error: BoxdError): void {}

  #grow(wanted: number): void {
    if (wanted <= this.#buffer.length) return;
    const size = Math.min(this.#limitBytes, Math.max(FIRST_BYTES, wanted, this.#buffer.length * 2));
    const larger = Buffer.allocUnsafeSlow(size);
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}
