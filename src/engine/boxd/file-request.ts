import type { Field } from "./encode.ts";
import { BoxdError } from "./error.ts";
import type { Fields } from "./fields.ts";
import { FRAME, TAG } from "./protocol.ts";
import { remoteError } from "./remote-error.ts";
import type { Channel, Transport } from "./transport.ts";

/** How one kind of file request deals with its frames. */
export interface FileRequestOptions {
  type: number;
  fields: readonly Field[];
  /** The frame that ends it well. */
  last: number;
  signal?: AbortSignal | undefined;
  /** DATA. @default none may come */
  onData?: (chunk: Buffer) => void;
  /** ENTRY and CREDIT. @default none may come */
  onMessage?: (type: number, fields: Fields) => void;
}

/** The channel of one file request: from its frame to the last answer or ERROR. */
export class FileRequest implements Channel {
  /** The fields of the last frame; rejects with `REMOTE`, `CLOSED` or the signal's reason. */
  readonly done: Promise<Fields>;
  readonly #transport: Transport;
  readonly #options: FileRequestOptions;
  readonly #id: number;
  #isOver = false;
  #resolve: (fields: Fields) => void = () => {};
  #reject: (error: unknown) => void = () => {};

  constructor(transport: Transport, options: FileRequestOptions) {
    options.signal?.throwIfAborted();
    this.#transport = transport;
    this.#options = options;
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.done.catch(() => {});
    this.#id = transport.open(this, options.type, options.fields);
    options.signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  sendData(bytes: Uint8Array, done: () => void): void {
    this.#transport.sendData(this.#id, FRAME.DATA, bytes, done);
  }

  sendEnd(): void {
    if (!this.#isOver) this.#transport.send(this.#id, FRAME.END, []);
  }

  grant(bytes: number): void {
    if (!this.#isOver) this.#transport.send(this.#id, FRAME.CREDIT, [[TAG.CREDIT, bytes]]);
  }

  /** Ends it with ECANCELED, unless it has ended by then. */
  cancel(): void {
    if (!this.#isOver) this.#transport.send(this.#id, FRAME.CANCEL, []);
  }

  onMessage(type: number, fields: Fields): boolean {
    if (type === this.#options.last) {
      this.#settle();
      this.#resolve(fields);
      return true;
    }
    if (type === FRAME.ERROR) {
      this.#settle();
      this.#reject(remoteError(fields));
      return true;
    }
    if (this.#options.onMessage === undefined) throw unexpected(type);
    this.#options.onMessage(type, fields);
    return false;
  }

  onData(type: number, chunk: Buffer): void {
    if (type !== FRAME.DATA || this.#options.onData === undefined) throw unexpected(type);
    this.#options.onData(chunk);
  }

  onLost(error: BoxdError): void {
    this.#settle();
    this.#reject(error);
  }

  #settle(): void {
    this.#isOver = true;
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
  }

  readonly #onAbort = (): void => {
    this.cancel();
    this.#reject(this.#options.signal?.reason);
  };
}

/** A frame that a file request cannot have as an answer. */
export function unexpected(type: number): BoxdError {
  return new BoxdError("PROTOCOL", `boxd sent frame type ${type} for a file request, out of turn`);
}
