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
 * Takes a stream of frames apart, however it was cut. Output is handed out as it comes, as views of
 * the pushed pieces: a frame of it may come in parts, of which none waits for the next one.
 */
export class ExecFrameDecoder {
  readonly #header = new Uint8Array(EXEC_FRAME_HEADER_BYTES);
  #headerBytes = 0;
  /** Bytes of the frame at hand that are still to come. */
  #missing = 0;
  /** What there is of a payload that is of use only when it is whole. */
  #payload: Uint8Array | undefined;

  /**
   * The frames that are complete with this piece, and the parts of output in it.
   *
   * @throws RangeError when a frame announces more than {@link MAX_EXEC_FRAME_PAYLOAD_BYTES}.
   */
  push(piece: Uint8Array): ExecFrame[] {
    const frames: ExecFrame[] = [];
    let offset = 0;
    while (offset < piece.length) {
      if (this.#missing > 0) {
        const part = piece.subarray(offset, offset + this.#missing);
        offset += part.length;
        this.#takePart(part, frames);
        continue;
      }
      const wanted = EXEC_FRAME_HEADER_BYTES - this.#headerBytes;
      const header = piece.subarray(offset, offset + wanted);
      this.#header.set(header, this.#headerBytes);
      this.#headerBytes += header.length;
      offset += header.length;
      if (this.#headerBytes === EXEC_FRAME_HEADER_BYTES) this.#startPayload(frames);
    }
    return frames;
  }

  /** Whether the stream may end here: no frame is half read. */
  get idle(): boolean {
    return this.#headerBytes === 0;
  }

  #startPayload(frames: ExecFrame[]): void {
    const length = new DataView(this.#header.buffer).getUint32(1);
    if (length > MAX_EXEC_FRAME_PAYLOAD_BYTES) {
      throw new RangeError(`A frame announces ${length} bytes, more than the protocol allows.`);
    }
    this.#missing = length;
    if (length === 0) this.#emit(new Uint8Array(0), frames);
  }

  #takePart(part: Uint8Array, frames: ExecFrame[]): void {
    if (isOutput(this.#header[0])) {
      this.#missing -= part.length;
      this.#emit(part, frames);
      return;
    }
    this.#payload ??= new Uint8Array(this.#missing);
    this.#payload.set(part, this.#payload.length - this.#missing);
    this.#missing -= part.length;
    if (this.#missing === 0) this.#emit(this.#payload, frames);
  }

  #emit(payload: Uint8Array, frames: ExecFrame[]): void {
    frames.push({ type: this.#header[0] ?? 0, payload });
    if (this.#missing > 0) return;
    this.#headerBytes = 0;
    this.#payload = undefined;
  }
}

function isOutput(type: number | undefined): boolean {
  return type === ExecFrameType.Stdout || type === ExecFrameType.Stderr;
}
