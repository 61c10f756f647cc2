import { BoxdError } from "./error.ts";
import { FRAME, FRAME_HEADER_BYTES, FRAME_PAYLOAD_LIMIT, MESSAGE_LIMIT } from "./protocol.ts";

/** Who gets what the decoder finds. */
export interface FrameReceiver {
  /** A piece of a stream frame (STDOUT, STDERR, DATA), not copied: it may be a part of the payload. */
  onData(channel: number, type: number, chunk: Buffer): void;
  /** A whole frame of any other type. The payload is valid during the call only. */
  onMessage(channel: number, type: number, payload: Buffer): void;
}

/**
 * Cuts a byte stream from boxd into frames. Stream frames are handed on piece by piece as they
 * come, so that the decoder holds at most one header and one message.
 *
 * @throws BoxdError `PROTOCOL` from `push` for a frame above its limit.
 */
export class FrameDecoder {
  readonly #receiver: FrameReceiver;
  readonly #header = Buffer.alloc(FRAME_HEADER_BYTES);
  #headerLength = 0;
  #channel = 0;
  #type = 0;
  /** Payload bytes of the current frame that are still to come. */
  #remaining = 0;
  /** The current message's payload, when it did not come in one piece. */
  #message: Buffer | undefined;
  #stopped = false;

  constructor(receiver: FrameReceiver) {
    this.#receiver = receiver;
  }

  /** Drops all that is still to come, the rest of the current chunk too. */
  stop(): void {
    this.#stopped = true;
  }

  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length && !this.#stopped) {
      if (this.#headerLength < FRAME_HEADER_BYTES) at = this.#readHeader(chunk, at);
      else if (isStream(this.#type)) at = this.#readStream(chunk, at);
      else at = this.#readMessage(chunk, at);
    }
  }

  #readHeader(chunk: Buffer, at: number): number {
    if (this.#headerLength === 0 && chunk.length - at >= FRAME_HEADER_BYTES) {
      this.#begin(chunk, at);
      return at + FRAME_HEADER_BYTES;
    }
    const count = chunk.copy(this.#header, this.#headerLength, at);
    this.#headerLength += count;
    if (this.#headerLength === FRAME_HEADER_BYTES) this.#begin(this.#header, 0);
    return at + count;
  }

  #begin(bytes: Buffer, at: number): void {
    this.#remaining = bytes.readUInt32BE(at);
    this.#channel = bytes.readUInt32BE(at + 4);
    this.#type = bytes.readUInt8(at + 8);
    this.#headerLength = FRAME_HEADER_BYTES;
    const limit = isStream(this.#type) ? FRAME_PAYLOAD_LIMIT : MESSAGE_LIMIT;
    if (this.#remaining > limit) {
      throw new BoxdError("PROTOCOL", `boxd sent a frame of ${this.#remaining} bytes`);
    }
    if (this.#remaining > 0) return;
    this.#headerLength = 0;
    if (!isStream(this.#type)) {
      this.#receiver.onMessage(this.#channel, this.#type, bytes.subarray(0, 0));
    }
  }

  #readStream(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + this.#remaining);
    this.#remaining -= end - at;
    if (this.#remaining === 0) this.#headerLength = 0;
    this.#receiver.onData(this.#channel, this.#type, chunk.subarray(at, end));
    return end;
  }

  #readMessage(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + this.#remaining);
    const piece = chunk.subarray(at, end);
    this.#remaining -= piece.length;
    const whole = this.#message === undefined ? piece : Buffer.concat([this.#message, piece]);
    if (this.#remaining > 0) {
      this.#message = whole;
      return end;
    }
    this.#message = undefined;
    this.#headerLength = 0;
    this.#receiver.onMessage(this.#channel, this.#type, whole);
    return end;
  }
}

function isStream(type: number): boolean {
  return type === FRAME.STDOUT || type === FRAME.STDERR || type === FRAME.DATA;
}
