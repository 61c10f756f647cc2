import { BoxdError } from "./error.ts";

/** Keeps the other side to its credit, and hands out new credit in few, large pieces. */
export class ReceiveWindow {
  readonly #grantBytes: number;
  readonly #grant: (bytes: number) => void;
  #open: number;
  #consumed = 0;

  constructor(windowBytes: number, grant: (bytes: number) => void) {
    this.#open = windowBytes;
    this.#grantBytes = Math.ceil(windowBytes / 4);
    this.#grant = grant;
  }

  /** @throws BoxdError `PROTOCOL` for more than was granted. */
  receive(bytes: number): void {
    if (bytes > this.#open) throw new BoxdError("PROTOCOL", "boxd sent more than its credit");
    this.#open -= bytes;
  }

  /** The bytes have left our memory. */
  consume(bytes: number): void {
    this.#consumed += bytes;
    if (this.#consumed < this.#grantBytes) return;
    const granted = this.#consumed;
    this.#consumed = 0;
    this.#open += granted;
    this.#grant(granted);
  }
}
