import { z } from "zod";
import { agentOptions, Budget } from "./agent-options.ts";
import type { AgentRequest } from "./harness.ts";

const Options = z.object({ maxBudgetUsd: Budget });

/** What a run may cost, in US dollars. Codex's options are in snake case. */
export function budgetOf({ agent_options = {} }: AgentRequest): number | undefined {
  const maxBudgetUsd = agent_options.maxBudgetUsd ?? agent_options.max_budget_usd;
  if (maxBudgetUsd === undefined) return undefined;
  return agentOptions("the agent", Options, { maxBudgetUsd }).maxBudgetUsd;
}
