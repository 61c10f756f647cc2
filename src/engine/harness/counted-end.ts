import type { ModelCalls } from "../gateway/model-calls.ts";
import type { AgentEvent } from "./harness.ts";

/**
 * A run's end with what the gateway has counted, which is what counts; its refusal is the reason of a
 * failure, unless somebody has stopped the run.
 * @param calls undefined for a user's own program, which counts for itself
 */
export function countedEnd(
  end: AgentEvent,
  calls: ModelCalls | undefined,
  session: string | undefined,
  signal: AbortSignal,
): AgentEvent {
  if (calls === undefined) return end;
  if (end.name === "error") {
    return calls.problem === undefined || signal.aborted
      ? end
      : { name: "error", data: { error: calls.problem } };
  }
  const { input, output, cachedInput } = calls.usage;
  return {
    name: "done",
    data: {
      ...end.data,
      input_tokens: input,
      output_tokens: output,
      cached_input_tokens: cachedInput,
      total_cost_usd: calls.costUsd,
      ...(session === undefined ? {} : { session_id: session }),
    },
  };
}
