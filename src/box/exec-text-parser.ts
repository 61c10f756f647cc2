import type { BoxError } from "./box-error.ts";
import { type ExecEvent, type ExecEventParser, toExecError, toExitEvent } from "./exec-event.ts";

/** What the end of a stream begins with. */
const MARK = bytesOf("event: ");
const COLON = 0x3a;
const COLON_INDEX = MARK.indexOf(COLON);

/** A frame that is longer than this is output that looks like one. */
const MAX_END_BYTES = 8 * 1024;

/** The end of a stream, as far as it has arrived: a prefix of it, and nothing behind it. */
const END = /^event: (exit|error)\ndata: (\{[^\n]*\})\n{0,2}$/;
const END_BEGUN =
  /^event: (?:$|e$|ex$|exi$|er$|err$|erro$|(?:exit|error)(?:$|\n(?:$|d$|da$|dat$|data$|data:$|data: (?:$|\{[^\n]*\n{0,2}$))))/;

/**
 * Reads the original's exec stream: raw output, and then `event: exit\ndata: {…}\n\n` or
 * `event: error\ndata: {…}\n\n` in the same bytes.
 *
 * A program can print such a frame too. Only one at the very end counts, so what looks like one is
 * kept back until something follows it (then it was output) or nothing does. This holds wherever the
 * network cut the stream.
 */
export class ExecTextParser implements ExecEventParser {
  #kept: Uint8Array = new Uint8Array(0);

  push(piece: Uint8Array): (ExecEvent | BoxError)[] {
    const bytes = join(this.#kept, piece);
    const end = findEnd(bytes);
    this.#kept = bytes.slice(end);
    return end > 0 ? [{ type: "stdout", bytes: bytes.subarray(0, end) }] : [];
  }

  end(): (ExecEvent | BoxError)[] {
    const kept = this.#kept;
    if (kept.length === 0) return [];
    return [toEndEvent(kept) ?? { type: "stdout", bytes: kept }];
  }
}

/** Where the bytes begin that may be the end of the stream: its length when there are none. */
function findEnd(bytes: Uint8Array): number {
  let from = 0;
  for (;;) {
    const colon = bytes.indexOf(COLON, from);
    if (colon === -1) return bytes.length - beginningOfMark(bytes);
    const start = colon - COLON_INDEX;
    if (start >= 0 && mayBeEnd(bytes, start)) return start;
    from = colon + 1;
  }
}

function mayBeEnd(bytes: Uint8Array, start: number): boolean {
  for (let index = 0; index < MARK.length && start + index < bytes.length; index++) {
    if (bytes[start + index] !== MARK[index]) return false;
  }
  if (bytes.length - start > MAX_END_BYTES) return false;
  if (bytes.length - start <= MARK.length) return true;
  return END_BEGUN.test(latin1(bytes.subarray(start)));
}

/** How many bytes at the end are the mark's first ones, up to its colon. */
function beginningOfMark(bytes: Uint8Array): number {
  for (let length = Math.min(COLON_INDEX, bytes.length); length > 0; length--) {
    const tail = bytes.subarray(bytes.length - length);
    if (tail.every((byte, index) => byte === MARK[index])) return length;
  }
  return 0;
}

function toEndEvent(bytes: Uint8Array): ExecEvent | BoxError | undefined {
  const [, name, data] = END.exec(new TextDecoder().decode(bytes)) ?? [];
  try {
    const value: unknown = JSON.parse(data ?? "");
    return name === "exit" ? toExitEvent(value) : toExecError(value);
  } catch {
    return undefined;
  }
}

/** One character a byte, so that patterns can be matched against bytes. */
function latin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function join(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}
