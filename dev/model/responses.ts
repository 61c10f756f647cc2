import { type Answer, pieces } from "./answer.ts";
import type { ModelEvent } from "./event.ts";

type Item = Record<string, unknown>;

/** An answer of OpenAI's Responses. */
export function responsesBody(answer: Answer): object {
  const { id, model, usage, costUsd } = answer;
  return {
    id: `resp_${id}`,
    object: "response",
    created_at: Math.floor(Date.now() / 1000),
    status: "completed",
    model,
    output: items(answer),
    usage: {
      input_tokens: usage.input,
      input_tokens_details: { cached_tokens: usage.cachedInput },
      output_tokens: usage.output,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: usage.input + usage.output,
      ...(costUsd === undefined ? {} : { cost: costUsd }),
    },
  };
}

/** The same as a stream. */
export function* responsesEvents(answer: Answer): Generator<ModelEvent> {
  let sequence_number = 0;
  const event = (type: string, rest: object): ModelEvent => ({
    name: type,
    data: { type, sequence_number: sequence_number++, ...rest },
  });
  const whole = responsesBody(answer);
  const begun = { ...whole, status: "in_progress", output: [], usage: null };
  yield event("response.created", { response: begun });
  yield event("response.in_progress", { response: begun });
  for (const [output_index, item] of items(answer).entries()) {
    yield event("response.output_item.added", { output_index, item: emptied(item) });
    yield* deltas(item, output_index, answer, event);
    yield event("response.output_item.done", { output_index, item });
  }
  yield event("response.completed", { response: whole });
}

function items({ id, thinking, text, calls }: Answer): Item[] {
  const all: Item[] = [];
  if (thinking !== undefined) {
    const summary = [{ type: "summary_text", text: thinking }];
    all.push({ type: "reasoning", id: `rs_${id}`, summary, encrypted_content: "" });
  }
  if (text !== undefined) {
    const content = [{ type: "output_text", text, annotations: [] }];
    all.push({
      type: "message",
      id: `item_${id}`,
      status: "completed",
      role: "assistant",
      content,
    });
  }
  for (const { id: call, name, namespace, input } of calls) {
    all.push({
      type: "function_call",
      id: `fc_${call}`,
      call_id: `call_${call}`,
      status: "completed",
      name,
      arguments: JSON.stringify(input),
      ...(namespace === undefined ? {} : { namespace }),
    });
  }
  return all;
}

function emptied(item: Item): Item {
  if (item.type === "message") return { ...item, status: "in_progress", content: [] };
  if (item.type === "reasoning") return { ...item, summary: [] };
  return { ...item, status: "in_progress", arguments: "" };
}

function* deltas(
  item: Item,
  output_index: number,
  { thinking = "", text = "", pieceCharacters }: Answer,
  event: (type: string, rest: object) => ModelEvent,
): Generator<ModelEvent> {
  const where = { item_id: item.id, output_index };
  if (item.type === "reasoning") {
    for (const delta of pieces(thinking, pieceCharacters)) {
      yield event("response.reasoning_summary_text.delta", { ...where, summary_index: 0, delta });
    }
  } else if (item.type === "message") {
    const part = { type: "output_text", text: "", annotations: [] };
    yield event("response.content_part.added", { ...where, content_index: 0, part });
    for (const delta of pieces(text, pieceCharacters)) {
      yield event("response.output_text.delta", { ...where, content_index: 0, delta });
    }
    yield event("response.output_text.done", { ...where, content_index: 0, text });
  } else {
    for (const delta of pieces(String(item.arguments), pieceCharacters)) {
      yield event("response.function_call_arguments.delta", { ...where, delta });
    }
    yield event("response.function_call_arguments.done", { ...where, arguments: item.arguments });
  }
}
