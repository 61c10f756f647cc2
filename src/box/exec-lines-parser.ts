import { base64ToBytes } from "./base64.ts";
import type { BoxError } from "./box-error.ts";
import {
  type ExecEvent,
  type ExecEventParser,
  malformedExecStream,
  toExecError,
  toExitEvent,
} from "./exec-event.ts";
import { Utf8Decoder } from "./utf8-decoder.ts";

/** The longest line: what a service that sends 1 MiB of output at once needs, and room. */
const MAX_LINE_CHARACTERS = 8 * 1024 * 1024;

/** Reads an exec stream of one JSON value a line. */
export class ExecLinesParser implements ExecEventParser {
  readonly #decoder = new Utf8Decoder();
  #pieces: string[] = [];
  #length = 0;

  push(piece: Uint8Array): (ExecEvent | BoxError)[] {
    const lines = this.#decoder.push(piece).split("\n");
    const events: (ExecEvent | BoxError)[] = [];
    lines.forEach((part, index) => {
      this.#pieces.push(part);
      this.#length += part.length;
      if (index < lines.length - 1) events.push(...this.#takeLine());
    });
    if (this.#length > MAX_LINE_CHARACTERS) events.push(malformedExecStream("line too long"));
    return events;
  }

  end(): (ExecEvent | BoxError)[] {
    return this.#takeLine();
  }

  #takeLine(): (ExecEvent | BoxError)[] {
    const line = this.#pieces.join("").trim();
    this.#pieces = [];
    this.#length = 0;
    if (line === "") return [];
    try {
      return toEvents(JSON.parse(line));
    } catch (error) {
      return [malformedExecStream(error)];
    }
  }
}

function toEvents(value: { type?: unknown; data?: unknown }): (ExecEvent | BoxError)[] {
  switch (value?.type) {
    case "stdout":
    case "stderr":
      return [{ type: value.type, bytes: base64ToBytes(String(value.data ?? "")) }];
    case "exit":
      return [toExitEvent(value) ?? malformedExecStream(value)];
    case "error":
      return [toExecError(value)];
    default:
      return [];
  }
}
