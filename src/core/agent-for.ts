import { agentSettings } from "./agent-settings.ts";
import { JobFailure } from "./job-failure.ts";
import type { JobSettings } from "./job-settings.ts";
import type { AgentSettings } from "./ports.ts";

/**
 * The agent of one job: the installation's own, or the one that the repository or the command names.
 * @throws JobFailure for a program of the operator's own where there is none, or a budget for it
 */
export async function agentFor(
  own: AgentSettings,
  { harness = own.harness, model, budgetUsd }: JobSettings,
): Promise<AgentSettings> {
  if (harness === "custom" && budgetUsd !== undefined) {
    throw new JobFailure(
      "budget-unknown",
      "What this App's own agent program costs cannot be held to a budget.",
      "Leave the budget out, or name an agent: --harness claude-code.",
    );
  }
  if (harness === own.harness) return model === undefined ? own : { ...own, model };
  if (harness === "custom") {
    throw new JobFailure(
      "no-agent",
      "This App has no agent program of its own.",
      "Name another agent: --harness claude-code, codex or opencode.",
    );
  }
  // The installation's key is for its own agent's provider.
  return agentSettings({ harness, model });
}
