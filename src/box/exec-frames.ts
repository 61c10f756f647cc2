/**
 * An exec stream asked for with `Accept: application/vnd.box.frames`.
 *
 * ```
 * frame = type: u8 | length: u32 big endian | payload: length bytes
 *
 * 0 keep-alive  payload empty; send one after 15 s of silence, so that no proxy gives up
 * 1 stdout      raw bytes
 * 2 stderr      raw bytes
 * 3 exit        JSON {"exit_code": number, "cpu_ns"?: number}; the last frame
 * 4 error       JSON {"error": string}; the last frame
 * ```
 *
 * A reader skips types it does not know. A stream that ends without 3 or 4 has failed.
 *
 * Why not lines of JSON: 64 KiB payloads over loopback with base64 in JSON ran at 80 to 140 MB/s,
 * as frames at 380 MB/s, against 400 MB/s for the bare bytes (Node 20).
 *
 * @module
 */

/** The types of a frame. */
export const ExecFrameType = { KeepAlive: 0, Stdout: 1, Stderr: 2, Exit: 3, Error: 4 } as const;
export type ExecFrameType = (typeof ExecFrameType)[keyof typeof ExecFrameType];

/** One decoded frame. `type` may be one that this version does not know. */
export interface ExecFrame {
  type: number;
  payload: Uint8Array;
}

/** Type and length. */
export const EXEC_FRAME_HEADER_BYTES = 5;

/** The longest payload: bounds what a reader buffers for a peer it does not trust. */
export const MAX_EXEC_FRAME_PAYLOAD_BYTES = 1024 * 1024;

/**
 * Makes one frame. To write large output without a copy, write the result of
 * {@link encodeExecFrameHeader} and then the payload.
 *
 * @throws RangeError when the payload is longer than {@link MAX_EXEC_FRAME_PAYLOAD_BYTES}.
 * @example
 * response.write(encodeExecFrame(ExecFrameType.Exit, jsonBytes({ exit_code: 0, cpu_ns: 12 })));
 */
export function encodeExecFrame(type: ExecFrameType, payload: Uint8Array): Uint8Array {
  const frame = new Uint8Array(EXEC_FRAME_HEADER_BYTES + payload.length);
  frame.set(encodeExecFrameHeader(type, payload.length));
  frame.set(payload, EXEC_FRAME_HEADER_BYTES);
  return frame;
}

/** The five bytes before a payload of `length` bytes. */
export function encodeExecFrameHeader(type: ExecFrameType, length: number): Uint8Array {
  if (length > MAX_EXEC_FRAME_PAYLOAD_BYTES) {
    throw new RangeError(
      `Expected a frame of at most ${MAX_EXEC_FRAME_PAYLOAD_BYTES} bytes, got ${length}: send several.`,
    );
  }
  const header = new Uint8Array(EXEC_FRAME_HEADER_BYTES);
  header[0] = type;
  new DataView(header.buffer).setUint32(1, length);
  return header;
}

/**
 * Takes a stream of frames apart, however it was cut. A payload that lies whole in one pushed piece
 * is a view of that piece, not a copy.
 */
export class ExecFrameDecoder {
  readonly #header = new Uint8Array(EXEC_FRAME_HEADER_BYTES);
  #headerBytes = 0;
  #payload: Uint8Array | undefined;
  #payloadBytes = 0;

  /**
   * The frames that are complete with this piece.
   *
   * @throws RangeError when a frame announces more than {@link MAX_EXEC_FRAME_PAYLOAD_BYTES}.
   */
  push(piece: Uint8Array): ExecFrame[] {
    const frames: ExecFrame[] = [];
    let offset = 0;
    while (offset < piece.length) {
      if (this.#payload) {
        offset = this.#fillPayload(this.#payload, piece, offset, frames);
        continue;
      }
      const wanted = EXEC_FRAME_HEADER_BYTES - this.#headerBytes;
      const header = piece.subarray(offset, offset + wanted);
      this.#header.set(header, this.#headerBytes);
      this.#headerBytes += header.length;
      offset += header.length;
      if (this.#headerBytes < EXEC_FRAME_HEADER_BYTES) break;
      offset = this.#startPayload(piece, offset, frames);
    }
    return frames;
  }

  /** Whether the stream may end here: no frame is half read. */
  get idle(): boolean {
    return this.#headerBytes === 0;
  }

  #startPayload(piece: Uint8Array, offset: number, frames: ExecFrame[]): number {
    const length = new DataView(this.#header.buffer).getUint32(1);
    if (length > MAX_EXEC_FRAME_PAYLOAD_BYTES) {
      throw new RangeError(`A frame announces ${length} bytes, more than the protocol allows.`);
    }
    if (piece.length - offset >= length) {
      this.#emit(piece.subarray(offset, offset + length), frames);
      return offset + length;
    }
    this.#payload = new Uint8Array(length);
    this.#payloadBytes = 0;
    return offset;
  }

  #fillPayload(payload: Uint8Array, piece: Uint8Array, offset: number, frames: ExecFrame[]) {
    const part = piece.subarray(offset, offset + payload.length - this.#payloadBytes);
    payload.set(part, this.#payloadBytes);
    this.#payloadBytes += part.length;
    if (this.#payloadBytes === payload.length) this.#emit(payload, frames);
    return offset + part.length;
  }

  #emit(payload: Uint8Array, frames: ExecFrame[]): void {
    frames.push({ type: this.#header[0] ?? 0, payload });
    this.#headerBytes = 0;
    this.#payload = undefined;
  }
}
