import { type Answer, pieces } from "./answer.ts";
import type { ModelEvent } from "./event.ts";
import type { Usage } from "./scenario.ts";

/** An answer of Anthropic's Messages. */
export function messagesBody(answer: Answer): object {
  const { usage } = answer;
  return {
    ...start(answer),
    content: blocks(answer).map(({ whole }) => whole),
    stop_reason: stopReason(answer),
    usage: { ...inputUsage(usage), output_tokens: usage.output },
  };
}

/** The same as a stream. */
export function* messagesEvents(answer: Answer): Generator<ModelEvent> {
  const { usage } = answer;
  const event = (type: string, rest: object): ModelEvent => ({
    name: type,
    data: { type, ...rest },
  });
  yield event("message_start", {
    message: {
      ...start(answer),
      content: [],
      stop_reason: null,
      usage: { ...inputUsage(usage), output_tokens: 1 },
    },
  });
  for (const [index, { empty, deltas }] of blocks(answer).entries()) {
    yield event("content_block_start", { index, content_block: empty });
    for (const delta of deltas) yield event("content_block_delta", { index, delta });
    yield event("content_block_stop", { index });
  }
  yield event("message_delta", {
    delta: { stop_reason: stopReason(answer), stop_sequence: null },
    usage: { output_tokens: usage.output },
  });
  yield event("message_stop", {});
}

function start({ id, model }: Answer) {
  return { id: `msg_${id}`, type: "message", role: "assistant", model, stop_sequence: null };
}

function stopReason({ calls }: Answer): string {
  return calls.length > 0 ? "tool_use" : "end_turn";
}

function inputUsage({ input, cachedInput }: Usage) {
  return {
    input_tokens: input - cachedInput,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cachedInput,
  };
}

function blocks({ thinking, text, calls, pieceCharacters }: Answer) {
  const all: Array<{ whole: object; empty: object; deltas: object[] }> = [];
  if (thinking !== undefined) {
    const signature = "c2NyaXB0ZWQ=";
    all.push({
      whole: { type: "thinking", thinking, signature },
      empty: { type: "thinking", thinking: "", signature: "" },
      deltas: [
        ...pieces(thinking, pieceCharacters).map((piece) => ({
          type: "thinking_delta",
          thinking: piece,
        })),
        { type: "signature_delta", signature },
      ],
    });
  }
  if (text !== undefined) {
    all.push({
      whole: { type: "text", text },
      empty: { type: "text", text: "" },
      deltas: pieces(text, pieceCharacters).map((piece) => ({ type: "text_delta", text: piece })),
    });
  }
  for (const { id, name, input } of calls) {
    const whole = { type: "tool_use", id: `toolu_${id}`, name, input };
    all.push({
      whole,
      empty: { ...whole, input: {} },
      deltas: pieces(JSON.stringify(input), pieceCharacters).map((partial_json) => ({
        type: "input_json_delta",
        partial_json,
      })),
    });
  }
  return all;
}
