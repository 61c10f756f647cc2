import type { AgentEvent } from "./harness.ts";
import { type JsonObject, listOf, objectOf, textOf } from "./json-lines.ts";
import type { LineReader } from "./lines-parser.ts";

/** Reads what Codex 0.169 prints with `exec --json` (facts: harnesses §8 and A2). */
export class CodexOutput implements LineReader {
  readonly #emit: (event: AgentEvent) => void;
  /** Items whose beginning has been told. */
  readonly #begun = new Set<unknown>();
  #session: string | undefined;
  #answer = "";
  #end: AgentEvent | undefined;

  constructor(emit: (event: AgentEvent) => void) {
    this.#emit = emit;
  }

  get session(): string | undefined {
    return this.#session;
  }

  read(line: JsonObject): void {
    switch (line.type) {
      case "thread.started":
        this.#session = textOf(line.thread_id) ?? this.#session;
        break;
      case "item.started":
        this.#begin(objectOf(line.item));
        break;
      case "item.completed":
        this.#complete(objectOf(line.item));
        break;
      case "turn.completed":
        this.#end = { name: "done", data: {} };
        break;
      case "turn.failed":
        this.#end = {
          name: "error",
          data: { error: textOf(objectOf(line.error).message) ?? "Codex failed without a reason." },
        };
        break;
      // `error` is a notice, also of a connection that is made again: what ends a turn is turn.failed.
    }
  }

  end(code: number | null): AgentEvent | undefined {
    if (this.#end?.name !== "done") return this.#end;
    return code === 0 ? { name: "done", data: { output: this.#answer } } : undefined;
  }

  #begin(item: JsonObject): void {
    const tool = toolOf(item);
    if (tool === undefined || this.#begun.has(item.id)) return;
    this.#begun.add(item.id);
    this.#emit({ name: "tool", data: { ...tool, tool_call_id: item.id } });
  }

  #complete(item: JsonObject): void {
    const text = textOf(item.text) ?? "";
    if (item.type === "agent_message") {
      this.#answer = text;
      if (text !== "") this.#emit({ name: "text", data: { text } });
    } else if (item.type === "reasoning") {
      if (text !== "") this.#emit({ name: "thinking", data: { text } });
    } else if (toolOf(item) !== undefined) {
      this.#begin(item);
      this.#begun.delete(item.id);
      const failed = item.status === "failed" ? { is_error: true } : {};
      this.#emit({
        name: "tool_result",
        data: { tool_call_id: item.id, output: outputOf(item), ...failed },
      });
    }
  }
}

/** What of an item is a tool's name and input; undefined for what is no tool. */
function toolOf(item: JsonObject): { name: string; input: unknown } | undefined {
  switch (item.type) {
    case "command_execution":
      return { name: "shell", input: { command: item.command } };
    case "file_change":
      return { name: "apply_patch", input: { changes: item.changes } };
    case "mcp_tool_call":
      return {
        name: `${textOf(item.server) ?? "mcp"}.${textOf(item.tool) ?? "tool"}`,
        input: item.arguments ?? {},
      };
    case "web_search":
      return { name: "web_search", input: { query: item.query } };
    case "todo_list":
      return { name: "todo_list", input: { items: item.items } };
    default:
      return undefined;
  }
}

function outputOf(item: JsonObject): string {
  switch (item.type) {
    case "command_execution": {
      const output = textOf(item.aggregated_output) ?? "";
      const { exit_code } = item;
      if (exit_code === 0 || exit_code === null || exit_code === undefined) return output;
      return `${output}${output === "" || output.endsWith("\n") ? "" : "\n"}exit code ${exit_code}`;
    }
    case "mcp_tool_call": {
      const message = textOf(objectOf(item.error).message);
      if (message !== undefined) return message;
      const blocks = listOf(objectOf(item.result).content).map(objectOf);
      return blocks.map(({ text, type }) => textOf(text) ?? `[${textOf(type)}]`).join("\n");
    }
    default:
      return textOf(item.status) ?? "completed";
  }
}
