import type { AgentEvent } from "./harness.ts";
import { type JsonObject, objectOf, textOf } from "./json-lines.ts";
import type { LineReader } from "./lines-parser.ts";

/** Reads what OpenCode 1.18 prints with `run --format json --thinking` (facts: harnesses §8 and A3). */
export class OpenCodeOutput implements LineReader {
  readonly #emit: (event: AgentEvent) => void;
  #session: string | undefined;
  /** The text of the step that goes on. */
  #step = "";
  #lastReason: string | undefined;
  #error: string | undefined;

  constructor(emit: (event: AgentEvent) => void) {
    this.#emit = emit;
  }

  get session(): string | undefined {
    return this.#session;
  }

  read(line: JsonObject): void {
    this.#session = textOf(line.sessionID) ?? this.#session;
    const part = objectOf(line.part);
    switch (line.type) {
      case "step_start":
        this.#step = "";
        this.#lastReason = undefined;
        break;
      case "text":
        this.#step += textOf(part.text) ?? "";
        this.#say("text", part.text);
        break;
      case "reasoning":
        this.#say("thinking", part.text);
        break;
      case "tool_use":
        this.#readTool(part);
        break;
      case "step_finish":
        this.#lastReason = textOf(part.reason) ?? "unknown";
        break;
      case "error":
        this.#error ??= reasonOf(objectOf(line.error));
        break;
    }
  }

  /** It has no last event of its own: the last step says why it was the last. */
  end(code: number | null): AgentEvent | undefined {
    if (this.#error !== undefined) return { name: "error", data: { error: this.#error } };
    if (code !== 0 || this.#lastReason === undefined) return undefined;
    if (this.#lastReason === "tool-calls") return undefined;
    return { name: "done", data: { output: this.#step } };
  }

  /** A call is told once, when it is over. */
  #readTool(part: JsonObject): void {
    const { status, input, output, error, metadata } = objectOf(part.state);
    const tool_call_id = part.callID;
    const name = textOf(part.tool) ?? "tool";
    this.#emit({ name: "tool", data: { name, input: input ?? {}, tool_call_id } });
    const { exit } = objectOf(metadata);
    const failed = status === "error" || (typeof exit === "number" && exit !== 0);
    this.#emit({
      name: "tool_result",
      data: {
        tool_call_id,
        output: withExit(textOf(output) ?? textOf(error) ?? "", exit),
        ...(failed ? { is_error: true } : {}),
      },
    });
  }

  #say(name: "text" | "thinking", text: unknown): void {
    if (typeof text === "string" && text !== "") this.#emit({ name, data: { text } });
  }
}

/** It shows what a command has printed, and its exit code beside that. */
function withExit(output: string, exit: unknown): string {
  if (typeof exit !== "number" || exit === 0) return output;
  return `${output}${output === "" || output.endsWith("\n") ? "" : "\n"}exit code ${exit}`;
}

function reasonOf(error: JsonObject): string {
  const message = textOf(objectOf(error.data).message);
  return message ?? textOf(error.name) ?? "OpenCode failed without a reason.";
}
