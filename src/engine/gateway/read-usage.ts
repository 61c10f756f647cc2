import { NO_USAGE, type TokenUsage } from "./token-usage.ts";
import type { WireFormat } from "./wire-format.ts";

/** What an answer, or one event of it, says of its usage. */
export interface ReportedUsage {
  usage: TokenUsage;
  /** US dollars, where the provider says what it takes (OpenRouter does). */
  costUsd: number | undefined;
}

type Json = { readonly [name: string]: unknown };

/**
 * Reads the usage out of a whole answer or one of its events.
 * @param earlier of the same answer: Anthropic tells it in two parts
 */
export function readUsage(
  format: WireFormat,
  body: unknown,
  earlier: TokenUsage = NO_USAGE,
): ReportedUsage | undefined {
  const answer = asObject(body);
  // An event has the whole answer within: Responses' `response`, Messages' `message`.
  const inner = asObject(answer.response ?? answer.message);
  const found = answer.usage ?? inner.usage;
  if (typeof found !== "object" || found === null) return undefined;
  const usage = found as Json;
  const costUsd = typeof usage.cost === "number" ? count(usage.cost) : undefined;
  if (format === "messages") return { usage: ofMessages(usage, earlier), costUsd };
  const [input, output, details] =
    format === "responses"
      ? [usage.input_tokens, usage.output_tokens, asObject(usage.input_tokens_details)]
      : [usage.prompt_tokens, usage.completion_tokens, asObject(usage.prompt_tokens_details)];
  return {
    usage: {
      input: count(input),
      cachedInput: count(details.cached_tokens),
      cacheWrite: count(details.cache_write_tokens),
      output: count(output),
    },
    costUsd,
  };
}

/** Anthropic counts what has to do with its cache apart from the rest of the input. */
function ofMessages(usage: Json, earlier: TokenUsage): TokenUsage {
  const cachedInput = count(usage.cache_read_input_tokens);
  const cacheWrite = count(usage.cache_creation_input_tokens);
  const input = count(usage.input_tokens) + cachedInput + cacheWrite;
  // The last event repeats the input only where it knows better; its output is the sum so far.
  const isAnew = usage.input_tokens !== undefined && input > 0;
  const known = isAnew ? { input, cachedInput, cacheWrite } : earlier;
  return { ...known, output: Math.max(count(usage.output_tokens), earlier.output) };
}

function asObject(value: unknown): Json {
  return typeof value === "object" && value !== null ? (value as Json) : {};
}

function count(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) && value > 0 ? value : 0;
}
