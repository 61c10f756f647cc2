import { createParser, type EventSourceParser } from "eventsource-parser";
import type { AgentChunk } from "./agent-chunk.ts";
import { BoxError } from "./box-error.ts";
import { PLAIN_TEXT_EVENT, TOOL_CALL_ID_KEYS } from "./protocol.ts";
import type { ChunkParser } from "./stream-run.ts";
import { AnsiStripper, stripAnsi } from "./strip-ansi.ts";
import { Utf8Decoder } from "./utf8-decoder.ts";

/** The longest event: a tool's whole output is in one. */
const MAX_EVENT_CHARACTERS = 64 * 1024 * 1024;

type Fields = Record<string, unknown>;

/**
 * Reads the server-sent events of an agent run. Events are read by hand, without a schema: there are
 * tens of thousands, and one that is not as expected becomes an `unknown` chunk, not an error.
 */
export class AgentStreamParser implements ChunkParser<AgentChunk> {
  readonly #decoder = new Utf8Decoder();
  readonly #parser: EventSourceParser;
  /** Colours around whole events, from a harness that takes its output for a terminal. */
  readonly #noise = new AnsiStripper();
  readonly #strippers = { text: new AnsiStripper(), thinking: new AnsiStripper() };
  #items: (AgentChunk | BoxError)[] = [];
  #begun = false;

  constructor() {
    this.#parser = createParser({
      maxBufferSize: MAX_EVENT_CHARACTERS,
      onEvent: ({ event, data }) => this.#items.push(this.#toItem(event ?? "message", data)),
      onError: (error) => {
        if (error.type === "max-buffer-size-exceeded") this.#items.push(eventTooLong(error));
      },
    });
  }

  push(piece: Uint8Array): (AgentChunk | BoxError)[] {
    this.#parser.feed(this.#withoutMark(this.#noise.push(this.#decoder.push(piece))));
    const items = this.#items;
    this.#items = [];
    return items;
  }

  /** An event that was not finished counts for nothing, as the format says. */
  end(): (AgentChunk | BoxError)[] {
    return [];
  }

  /** Without the byte order mark that a stream may begin with. */
  #withoutMark(text: string): string {
    if (this.#begun || text === "") return text;
    this.#begun = true;
    return text.startsWith("\ufeff") ? text.slice(1) : text;
  }

  #toItem(event: string, data: string): AgentChunk | BoxError {
    const plain = event === "text" ? PLAIN_TEXT_EVENT.exec(data)?.[1] : undefined;
    if (plain !== undefined) return { type: "text-delta", text: this.#strippers.text.push(plain) };
    const value = parseJson(data);
    if (event === "error") return agentFailed(value);
    const fields = typeof value === "object" && value !== null ? (value as Fields) : {};
    return this.#toChunk(event, fields) ?? { type: "unknown", event, data: value };
  }

  #toChunk(event: string, fields: Fields): AgentChunk | undefined {
    const { text } = fields;
    switch (event) {
      case "text":
        if (typeof text !== "string") return undefined;
        return { type: "text-delta", text: this.#strippers.text.push(text) };
      case "thinking":
        if (typeof text !== "string") return undefined;
        return { type: "reasoning", text: this.#strippers.thinking.push(text) };
      case "tool":
        return toolCall(fields);
      case "tool_result":
        return { type: "tool-result", output: fields.output, toolCallId: toolCallId(fields) };
      case "run_start":
        return typeof fields.run_id === "string"
          ? { type: "start", runId: fields.run_id }
          : undefined;
      case "done":
        return finish(fields);
      case "stats":
        return stats(fields);
      default:
        return undefined;
    }
  }
}

function toolCall(fields: Fields): AgentChunk | undefined {
  const { name, input } = fields;
  if (typeof name !== "string") return undefined;
  return { type: "tool-call", toolName: name, input, toolCallId: toolCallId(fields) };
}

function toolCallId(fields: Fields): string | undefined {
  for (const key of TOOL_CALL_ID_KEYS) {
    const id = fields[key];
    if (typeof id === "string" && id !== "") return id;
  }
  return undefined;
}

function finish(fields: Fields): AgentChunk {
  const { output } = fields;
  const inputTokens = number(fields.input_tokens) ?? 0;
  const outputTokens = number(fields.output_tokens) ?? 0;
  const cachedInputTokens = number(fields.cached_input_tokens);
  const usage = { inputTokens, outputTokens, cachedInputTokens };
  // A service that sends an object means its JSON.
  const result = typeof output === "string" ? stripAnsi(output) : (JSON.stringify(output) ?? "");
  return {
    type: "finish",
    usage,
    cost: { ...usage, computeMs: 0, totalUsd: number(fields.total_cost_usd) ?? 0 },
    result,
    output: result,
    sessionId: typeof fields.session_id === "string" ? fields.session_id : undefined,
  };
}

function stats(fields: Fields): AgentChunk | undefined {
  const cpuNs = number(fields.cpu_ns);
  if (cpuNs === undefined) return undefined;
  return { type: "stats", cpuNs, memoryPeakBytes: number(fields.memory_peak_bytes) };
}

function number(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/** What is not JSON is handed on as it came. */
function parseJson(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return data;
  }
}

function agentFailed(value: unknown): BoxError {
  const { error } = (typeof value === "object" && value !== null ? value : {}) as Fields;
  const said = typeof error === "string" && error !== "" ? error : String(value);
  const reason = stripAnsi(said).replace(/\.$/, "");
  return new BoxError(
    "agent_failed",
    `The agent run failed: ${reason}. Look at the run's text so far and the box's log.`,
  );
}

function eventTooLong(cause: unknown): BoxError {
  return new BoxError(
    "protocol",
    `The agent's stream has an event of more than ${MAX_EVENT_CHARACTERS} characters. Let its tools print less.`,
    { cause },
  );
}
