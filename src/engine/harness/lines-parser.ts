import type { AgentEvent, AgentOutputParser } from "./harness.ts";
import { JsonLines, type JsonObject } from "./json-lines.ts";

/** What one program's lines mean. */
export interface LineReader {
  read(line: JsonObject): void;
  /** See `AgentOutputParser.end`. */
  end(code: number | null): AgentEvent | undefined;
  readonly session: string | undefined;
}

/** A parser for a program that prints one JSON object a line. */
export function linesParser(
  emit: (event: AgentEvent) => void,
  reader: LineReader,
): AgentOutputParser {
  const lines = new JsonLines(
    (line) => reader.read(line),
    () => emit({ name: "thinking", data: { text: "\n[a line that is too long was left out]\n" } }),
  );
  return {
    push: (chunk) => lines.push(chunk),
    end(code) {
      lines.end();
      const told = reader.end(code);
      if (told !== undefined || code === 0 || lines.chatter === "") return told;
      // Programs that fail early say why in plain words.
      return { name: "error", data: { error: lines.chatter } };
    },
    get session() {
      return reader.session;
    },
  };
}
