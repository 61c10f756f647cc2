import { BoxdError } from "./error.ts";
import { CREDIT_LIMIT, INPUT_WINDOW } from "./protocol.ts";

/** Small enough that channels take turns, large enough that headers do not count. */
const PIECE_BYTES = 64 * 1024;

type Done = (error?: Error) => void;

/** Bytes to boxd, no faster than it grants credit. One write at a time. */
export class Outbound {
  readonly #send: (bytes: Uint8Array, done: () => void) => void;
  #window = INPUT_WINDOW;
  #rest: Uint8Array | undefined;
  #done: Done = () => {};
  /** Pieces that the stream below still holds. */
  #held = 0;
  #dropped = false;
  #error: BoxdError | undefined;

  constructor(send: (bytes: Uint8Array, done: () => void) => void) {
    this.#send = send;
  }

  /** `done` when the bytes are sent, dropped, or never will be (with the error). */
  write(bytes: Uint8Array, done: Done): void {
    if (this.#error !== undefined || this.#dropped) {
      done(this.#error);
      return;
    }
    this.#rest = bytes;
    this.#done = done;
    this.#pump();
  }

  /** @throws BoxdError `PROTOCOL` for a credit that cannot be meant. */
  credit(bytes: number): void {
    if (this.#window + bytes > CREDIT_LIMIT) {
      throw new BoxdError("PROTOCOL", "boxd granted more credit than there is");
    }
    this.#window += bytes;
    this.#pump();
  }

  /** Nobody reads any more: the rest is dropped, as by a shell's pipe whose reader has gone. */
  drop(): void {
    this.#dropped = true;
    this.#settle();
  }

  fail(error: BoxdError): void {
    this.#error ??= error;
    this.#settle();
  }

  #pump(): void {
    while (this.#rest !== undefined && this.#rest.length > 0 && this.#window > 0) {
      const piece = this.#rest.subarray(0, Math.min(PIECE_BYTES, this.#window));
      this.#rest = this.#rest.subarray(piece.length);
      this.#window -= piece.length;
      this.#held++;
      this.#send(piece, () => {
        this.#held--;
        this.#settleIfSent();
      });
    }
    this.#settleIfSent();
  }

  #settleIfSent(): void {
    if (this.#rest?.length === 0 && this.#held === 0) this.#settle();
  }

  #settle(): void {
    if (this.#rest === undefined) return;
    this.#rest = undefined;
    const done = this.#done;
    this.#done = () => {};
    done(this.#error);
  }
}
