import type { RunOutcome } from "../run-outcome.ts";
import type { AgentRun } from "./run-agent.ts";

/** Reads a run to its end, for those who want nothing but how it has ended. */
export async function agentOutcome(run: AgentRun): Promise<RunOutcome> {
  let outcome: RunOutcome = { runId: run.id, status: "failed", output: "" };
  for await (const events of run.events) {
    for (const { name, data } of events) {
      if (name === "done") outcome = { ...outcome, status: "completed", output: `${data.output}` };
      if (name === "error") outcome = { ...outcome, error: `${data.error}` };
    }
  }
  return outcome;
}
