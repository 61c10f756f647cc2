import { type ReportedUsage, readUsage } from "./read-usage.ts";
import { NO_USAGE, type TokenUsage } from "./token-usage.ts";
import type { WireFormat } from "./wire-format.ts";

/** The longest line or body whose usage is read; the last event of a Responses answer has all of it. */
const LIMIT_BYTES = 32 * 1024 * 1024;
const NEWLINE = 0x0a;
const USAGE = Buffer.from('"usage"');
const DATA = Buffer.from("data:");

/**
 * Reads the usage out of an answer that passes by. It parses nothing but the lines that speak of usage,
 * so that an answer passes as fast as it comes.
 */
export class UsageScanner {
  readonly #format: WireFormat;
  readonly #isStream: boolean;
  #parts: Buffer[] = [];
  #size = 0;
  #pieces = 0;
  #found: ReportedUsage | undefined;

  /** @param isStream whether the answer is server-sent events; else it is one JSON document */
  constructor(format: WireFormat, isStream: boolean) {
    this.#format = format;
    this.#isStream = isStream;
  }

  /** The chunk is kept until its last line has ended: it must not be written over. */
  push(chunk: Buffer): void {
    if (!this.#isStream) {
      this.#keep(chunk);
      return;
    }
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      this.#readLine(this.#take(chunk.subarray(start, end)));
      start = end + 1;
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
  }

  /** What is known when no more comes. */
  end(): ReportedUsage | undefined {
    const rest = this.#take(Buffer.alloc(0));
    if (this.#isStream) this.#readLine(rest);
    else this.#read(rest);
    return this.#found;
  }

  /** The events that came; each has a token or a few. */
  get pieces(): number {
    return this.#pieces;
  }

  #readLine(line: Buffer): void {
    if (line.length < DATA.length || line.compare(DATA, 0, DATA.length, 0, DATA.length) !== 0) {
      return;
    }
    this.#pieces++;
    if (line.includes(USAGE)) this.#read(line.subarray(DATA.length));
  }

  #read(json: Buffer): void {
    let body: unknown;
    try {
      body = JSON.parse(json.toString());
    } catch {
      return;
    }
    const earlier: TokenUsage = this.#found?.usage ?? NO_USAGE;
    this.#found = readUsage(this.#format, body, earlier) ?? this.#found;
  }

  #keep(part: Buffer): void {
    this.#size += part.length;
    if (this.#size <= LIMIT_BYTES) this.#parts.push(part);
    else this.#parts = [];
  }

  #take(last: Buffer): Buffer {
    if (this.#size === 0) return last;
    const isWhole = this.#size <= LIMIT_BYTES;
    const line = isWhole ? Buffer.concat([...this.#parts, last]) : Buffer.alloc(0);
    this.#parts = [];
    this.#size = 0;
    return line;
  }
}
