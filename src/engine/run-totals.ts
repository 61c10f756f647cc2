import type { BoxRecord } from "./box-record.ts";
import type { RunRecord } from "./runs.ts";

/** A box's totals after one more run. */
export function totalsWith(run: RunRecord, record: BoxRecord): Partial<BoxRecord> {
  const { total_prompts = 0, total_input_tokens = 0, total_output_tokens = 0 } = record;
  const { total_cpu_ns = 0, total_token_cost_usd = 0, total_compute_cost_usd = 0 } = record;
  return {
    total_prompts: total_prompts + (run.type === "agent" ? 1 : 0),
    total_input_tokens: total_input_tokens + run.input_tokens,
    total_output_tokens: total_output_tokens + run.output_tokens,
    total_cpu_ns: total_cpu_ns + run.cpu_ns,
    total_token_cost_usd: total_token_cost_usd + run.cost_usd,
    total_compute_cost_usd: total_compute_cost_usd + run.compute_cost_usd,
  };
}
