import { randomUUID } from "node:crypto";
import type { Schedule } from "../../box/wire.ts";
import type { EngineBox } from "../engine-box.ts";
import { agentOutcome } from "../harness/agent-outcome.ts";
import { type AgentRun, runAgent } from "../harness/run-agent.ts";
import type { RunOutcome } from "../run-outcome.ts";

/**
 * Gives a schedule's prompt to the box's agent, in a box that is woken for it. Never rejects: whatever
 * goes wrong is the run's failure, and in its record.
 * @param timeout ends the agent and all that it has started; its reason is the run's failure
 */
export async function runPrompt(
  box: EngineBox,
  schedule: Schedule,
  timeout: AbortSignal,
): Promise<RunOutcome> {
  const { prompt = "", folder, agent_options, model, id } = schedule;
  const runId = randomUUID();
  let run: AgentRun;
  try {
    run = await runAgent(
      box,
      { prompt, folder, agent_options },
      { runId, scheduleId: id, model, timeout },
    );
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown.message : String(thrown);
    await box.runs.get(runId).catch(() => {
      // An agent that could not even be tried has left no run; whoever looks for one must find why.
      const failed = box.runs.start("agent", prompt, { id: runId, scheduleId: id });
      failed.finish({ status: "failed", error_message: error });
    });
    return { runId, status: "failed", output: "", error };
  }
  return agentOutcome(run);
}
