import type { LogEntry } from "../box/wire.ts";
import type { BoxLog } from "./box-log.ts";

/** What one run may put into the box's log; its whole output goes to its reader. */
const RUN_LIMIT_BYTES = 64 * 1024;
/** A line that goes on for longer is cut here; programs that draw progress bars never end one. */
const LINE_LIMIT_CHARACTERS = 4_096;

/** Writes what one program prints on one stream into the box's log, an entry for each line. */
export class OutputLog {
  readonly #log: BoxLog;
  readonly #level: LogEntry["level"];
  readonly #source: LogEntry["source"];
  readonly #decoder = new TextDecoder();
  #line = "";
  #bytes = 0;

  constructor(log: BoxLog, level: LogEntry["level"], source: LogEntry["source"]) {
    this.#log = log;
    this.#level = level;
    this.#source = source;
  }

  /** Nothing more is taken. */
  get isFull(): boolean {
    return this.#bytes >= RUN_LIMIT_BYTES;
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0 || this.isFull) return;
    const part = chunk.subarray(0, RUN_LIMIT_BYTES - this.#bytes);
    this.#bytes += part.length;
    const lines = (this.#line + this.#decoder.decode(part, { stream: true })).split("\n");
    this.#line = lines.pop() ?? "";
    for (const line of lines) this.#write(line);
    if (this.#line.length >= LINE_LIMIT_CHARACTERS) this.#endLine();
    if (!this.isFull) return;
    this.#endLine();
    this.#log.write(
      "warn",
      "system",
      `The log keeps no more than ${RUN_LIMIT_BYTES} bytes of a run.`,
    );
  }

  /** Passes on what is printed, and writes it on the way. */
  async *through(output: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of output) {
        this.push(chunk);
        yield chunk;
      }
    } finally {
      this.end();
    }
  }

  /** Writes what a program has printed from its beginning to its end. */
  all(output: Uint8Array): void {
    this.push(output);
    this.end();
  }

  /** Writes the last line, if it was not ended. */
  end(): void {
    this.#endLine();
  }

  #endLine(): void {
    if (this.#line !== "") this.#write(this.#line);
    this.#line = "";
  }

  #write(line: string): void {
    this.#log.write(this.#level, this.#source, line.replace(/\r$/, ""));
  }
}
