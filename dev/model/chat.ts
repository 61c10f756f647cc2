import { type Answer, pieces } from "./answer.ts";
import type { ModelEvent } from "./event.ts";

/** An answer of OpenAI's Chat Completions. */
export function chatBody(answer: Answer): object {
  const { thinking, text, calls } = answer;
  const message = {
    role: "assistant",
    content: text ?? null,
    ...(thinking === undefined ? {} : { reasoning_content: thinking }),
    ...(calls.length === 0 ? {} : { tool_calls: calls.map((call) => toolCall(call)) }),
  };
  return {
    ...head(answer, "chat.completion"),
    choices: [{ index: 0, message, finish_reason: finishReason(answer) }],
    usage: usageOf(answer),
  };
}

/** The same as a stream. */
export function* chatEvents(answer: Answer, withUsage: boolean): Generator<ModelEvent> {
  const { thinking = "", text = "", calls, pieceCharacters } = answer;
  const common = head(answer, "chat.completion.chunk");
  const event = (delta: object, finish_reason: string | null = null): ModelEvent => ({
    data: { ...common, choices: [{ index: 0, delta, finish_reason }] },
  });
  yield event({ role: "assistant", content: "" });
  for (const reasoning_content of pieces(thinking, pieceCharacters)) {
    yield event({ reasoning_content });
  }
  for (const content of pieces(text, pieceCharacters)) yield event({ content });
  for (const [index, call] of calls.entries()) {
    const { function: called, ...rest } = toolCall(call);
    const { name } = called;
    yield event({ tool_calls: [{ index, ...rest, function: { name, arguments: "" } }] });
    for (const part of pieces(called.arguments, pieceCharacters)) {
      yield event({ tool_calls: [{ index, function: { arguments: part } }] });
    }
  }
  yield event({}, finishReason(answer));
  if (withUsage) yield { data: { ...common, choices: [], usage: usageOf(answer) } };
  yield { data: "[DONE]" };
}

function head({ id, model }: Answer, object: string) {
  return { id: `chatcmpl-${id}`, object, created: Math.floor(Date.now() / 1000), model };
}

function finishReason({ calls }: Answer): string {
  return calls.length > 0 ? "tool_calls" : "stop";
}

function toolCall({ id, name, input }: Answer["calls"][number]) {
  return {
    id: `call_${id}`,
    type: "function",
    function: { name, arguments: JSON.stringify(input) },
  };
}

function usageOf({ usage, costUsd }: Answer) {
  return {
    prompt_tokens: usage.input,
    prompt_tokens_details: { cached_tokens: usage.cachedInput },
    completion_tokens: usage.output,
    total_tokens: usage.input + usage.output,
    ...(costUsd === undefined ? {} : { cost: costUsd }),
  };
}
