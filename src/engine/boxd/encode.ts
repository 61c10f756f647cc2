import { BoxdError } from "./error.ts";
import { FRAME_HEADER_BYTES, FRAME_PAYLOAD_LIMIT } from "./protocol.ts";
import type { BoxdText } from "./types.ts";

/** One tagged field: a number is a u32, a bigint a u64. */
export type Field = readonly [tag: number, value: BoxdText | number | bigint];

/**
 * One whole frame of tagged fields.
 *
 * @throws BoxdError `ARGUMENT` for a NUL byte, a number out of range, or too much for one frame.
 */
export function encodeMessage(channel: number, type: number, fields: readonly Field[]): Buffer {
  let length = 0;
  for (const [tag, value] of fields) length += 5 + sizeOf(tag, value);
  if (length > FRAME_PAYLOAD_LIMIT) {
    throw new BoxdError(
      "ARGUMENT",
      `Expected arguments, environment and paths of at most ${FRAME_PAYLOAD_LIMIT} bytes, got ${length}: pass large data on stdin or in a file`,
    );
  }
  const frame = Buffer.allocUnsafe(FRAME_HEADER_BYTES + length);
  writeHeader(frame, length, channel, type);
  let at = FRAME_HEADER_BYTES;
  for (const [tag, value] of fields) at = writeField(frame, at, tag, value);
  return frame;
}

/** The header of a frame whose payload is sent apart. */
export function encodeHeader(channel: number, type: number, length: number): Buffer {
  const header = Buffer.allocUnsafe(FRAME_HEADER_BYTES);
  writeHeader(header, length, channel, type);
  return header;
}

function writeHeader(frame: Buffer, length: number, channel: number, type: number): void {
  frame.writeUInt32BE(length, 0);
  frame.writeUInt32BE(channel, 4);
  frame.writeUInt8(type, 8);
}

function sizeOf(tag: number, value: Field[1]): number {
  if (typeof value === "number") {
    if (Number.isInteger(value) && value >= 0 && value <= 0xffffffff) return 4;
    throw new BoxdError(
      "ARGUMENT",
      `Expected a whole number from 0 to 2^32-1 (tag ${tag}), got ${value}`,
    );
  }
  if (typeof value === "bigint") {
    if (value >= 0n && value < 1n << 63n) return 8;
    throw new BoxdError(
      "ARGUMENT",
      `Expected a whole number from 0 to 2^63-1 (tag ${tag}), got ${value}`,
    );
  }
  if (typeof value === "string" ? value.includes("\0") : value.includes(0)) {
    throw new BoxdError("ARGUMENT", `Expected text without a NUL byte (tag ${tag})`);
  }
  return Buffer.byteLength(value);
}

function writeField(frame: Buffer, start: number, tag: number, value: Field[1]): number {
  const at = start + 5;
  frame.writeUInt8(tag, start);
  let end: number;
  if (typeof value === "number") end = frame.writeUInt32BE(value, at);
  else if (typeof value === "bigint") end = frame.writeBigUInt64BE(value, at);
  else if (typeof value === "string") end = at + frame.write(value, at, "utf8");
  else {
    frame.set(value, at);
    end = at + value.length;
  }
  frame.writeUInt32BE(end - at, start + 1);
  return end;
}
