import type { AgentEvent } from "./harness.ts";
import { type JsonObject, listOf, objectOf, textOf } from "./json-lines.ts";
import type { LineReader } from "./lines-parser.ts";

/**
 * Reads what Claude Code 2.1 prints with `--output-format stream-json --verbose
 * --include-partial-messages` (facts: harnesses §8 and A1).
 */
export class ClaudeCodeOutput implements LineReader {
  readonly #emit: (event: AgentEvent) => void;
  /** Messages whose text came in pieces already. */
  readonly #streamed = new Set<string>();
  #session: string | undefined;
  #result: JsonObject | undefined;

  constructor(emit: (event: AgentEvent) => void) {
    this.#emit = emit;
  }

  get session(): string | undefined {
    return this.#session;
  }

  read(line: JsonObject): void {
    this.#session = textOf(line.session_id) ?? this.#session;
    // Another agent's words are no part of the answer; what it does is shown.
    const isOwn = typeof line.parent_tool_use_id !== "string";
    if (line.type === "stream_event" && isOwn) this.#readPiece(objectOf(line.event));
    else if (line.type === "assistant") this.#readMessage(objectOf(line.message), isOwn);
    else if (line.type === "user") this.#readResults(objectOf(line.message));
    else if (line.type === "result") this.#result = line;
    else if (line.type === "prompt_suggestion" && typeof line.suggestion === "string") {
      this.#emit({ name: "prompt_suggestion", data: { suggestion: line.suggestion } });
    }
  }

  end(): AgentEvent | undefined {
    if (this.#result === undefined) return undefined;
    const { is_error, result, structured_output } = this.#result;
    // The subtype of a failed request is "success".
    if (is_error === true) return { name: "error", data: { error: reasonOf(this.#result) } };
    const output =
      structured_output === undefined ? (textOf(result) ?? "") : JSON.stringify(structured_output);
    return { name: "done", data: { output } };
  }

  #readPiece(event: JsonObject): void {
    if (event.type === "message_start") {
      this.#streamed.add(textOf(objectOf(event.message).id) ?? "");
      return;
    }
    const delta = objectOf(event.delta);
    if (delta.type === "text_delta") this.#say("text", delta.text);
    else if (delta.type === "thinking_delta") this.#say("thinking", delta.thinking);
  }

  #readMessage(message: JsonObject, isOwn: boolean): void {
    const hasCome =
      !isOwn || message.model === "<synthetic>" || this.#streamed.has(textOf(message.id) ?? "");
    for (const block of listOf(message.content).map(objectOf)) {
      if (block.type === "tool_use") {
        const { name, input, id } = block;
        this.#emit({
          name: "tool",
          data: { name: textOf(name) ?? "tool", input: input ?? {}, tool_call_id: id },
        });
      } else if (!hasCome) {
        this.#say("text", block.text);
        this.#say("thinking", block.thinking);
      }
    }
  }

  #readResults(message: JsonObject): void {
    for (const block of listOf(message.content).map(objectOf)) {
      if (block.type !== "tool_result") continue;
      const failed = block.is_error === true ? { is_error: true } : {};
      this.#emit({
        name: "tool_result",
        data: { tool_call_id: block.tool_use_id, output: outputOf(block.content), ...failed },
      });
    }
  }

  #say(name: "text" | "thinking", text: unknown): void {
    if (typeof text === "string" && text !== "") this.#emit({ name, data: { text } });
  }
}

/** A tool's result is a text, or blocks of which some are texts. */
function outputOf(content: unknown): string {
  if (typeof content === "string") return content;
  return listOf(content)
    .map(objectOf)
    .map((block) => textOf(block.text) ?? `[${textOf(block.type) ?? "block"}]`)
    .join("\n");
}

function reasonOf(result: JsonObject): string {
  const errors = listOf(result.errors).filter((error) => typeof error === "string");
  const reason = textOf(result.result);
  if (errors.length === 0 && reason) return reason;
  if (result.terminal_reason === "max_turns") return `${errors.join("; ")}; raise maxTurns.`;
  return (
    errors.join("; ") ||
    `Claude Code failed: ${textOf(result.terminal_reason) ?? "no reason given"}.`
  );
}
