import { stripVTControlCharacters } from "node:util";

/** The longest line that is read; what a program prints goes on to the client. */
const LIMIT_BYTES = 10 * 1024 * 1024;
const NEWLINE = 0x0a;
/** Enough of a program's chatter for the message of a failure. */
const CHATTER_CHARACTERS = 500;

export type JsonObject = { readonly [name: string]: unknown };

/**
 * Reads a program's output as one JSON object a line, cut anywhere. Lines that are none are the
 * program's chatter, of which the last is kept; one that is too long is left out, and never held.
 */
export class JsonLines {
  readonly #onObject: (object: JsonObject) => void;
  readonly #onTooLong: () => void;
  #parts: Uint8Array[] = [];
  #size = 0;
  #chatter = "";

  constructor(onObject: (object: JsonObject) => void, onTooLong: () => void) {
    this.#onObject = onObject;
    this.#onTooLong = onTooLong;
  }

  /** The last line that was no JSON. */
  get chatter(): string {
    return this.#chatter;
  }

  push(chunk: Uint8Array): void {
    const first = chunk.indexOf(NEWLINE);
    if (first === -1) {
      this.#keep(chunk);
      return;
    }
    const last = chunk.lastIndexOf(NEWLINE);
    this.#keep(chunk.subarray(0, first));
    this.#readKept();
    if (last > first) {
      // All at once: a text for each line costs more than the line.
      for (const line of text(chunk.subarray(first + 1, last)).split("\n")) this.#read(line);
    }
    this.#keep(chunk.subarray(last + 1));
  }

  /** The last line may lack its end. */
  end(): void {
    this.#readKept();
  }

  #keep(part: Uint8Array): void {
    if (part.length === 0) return;
    this.#size += part.length;
    if (this.#size <= LIMIT_BYTES) this.#parts.push(part);
    else this.#parts = [];
  }

  #readKept(): void {
    const isTooLong = this.#size > LIMIT_BYTES;
    const [first, ...others] = this.#parts;
    const line = first === undefined || others.length === 0 ? first : Buffer.concat(this.#parts);
    this.#parts = [];
    this.#size = 0;
    if (isTooLong) this.#onTooLong();
    else if (line !== undefined) this.#read(text(line));
  }

  #read(line: string): void {
    if (line.length > LIMIT_BYTES) {
      this.#onTooLong();
      return;
    }
    const plain = line.includes("\u001b") ? stripVTControlCharacters(line) : line;
    let value: unknown;
    try {
      value = JSON.parse(plain);
    } catch {
      const chatter = plain.trim();
      if (chatter !== "") this.#chatter = chatter.slice(0, CHATTER_CHARACTERS);
      return;
    }
    if (isObject(value)) this.#onObject(value);
  }
}

/** Whether it has fields. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An object, empty for what is none: programs are free to leave things out. */
export function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** A list, empty for what is none. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A text, undefined for what is none. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}
