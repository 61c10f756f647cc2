import { randomUUID } from "node:crypto";
import { BoxdError } from "../boxd/index.ts";
import type { EngineBox } from "../engine-box.ts";
import { EngineError } from "../engine-error.ts";
import type { ModelCalls } from "../gateway/model-calls.ts";
import { AgentTask } from "./agent-task.ts";
import { answerSchema } from "./answer-schema.ts";
import { customHarness } from "./custom-harness.ts";
import type { AgentEvent, AgentRequest, Harness } from "./harness.ts";
import { HARNESSES } from "./harnesses.ts";
import { modelAccess } from "./model-access.ts";

/** A started agent run. */
export interface AgentRun {
  id: string;
  /** Read to the end, as many as are there at once; the last is `stats`, after `done` or `error`. */
  events: AsyncIterable<readonly AgentEvent[]>;
}

/** What a run has beside its request. */
export interface RunAgentOptions {
  /** Proposed by the client. */
  runId?: string | undefined;
  scheduleId?: string;
  /** @default the box's own */
  model?: string | undefined;
  /** Ends the run and all that it has started; its reason is the run's failure. */
  timeout?: AbortSignal;
}

/**
 * Starts the box's agent on a prompt.
 * @throws EngineError before anything has run: no agent, an unknown one, no key for its model, options
 * that it does not have, a program that is not there
 */
export async function runAgent(
  box: EngineBox,
  request: AgentRequest,
  { runId = randomUUID(), scheduleId, model = box.record.model, timeout }: RunAgentOptions = {},
): Promise<AgentRun> {
  const harness = requireHarness(box);
  const checkAnswer = request.json_schema && answerSchema(request.json_schema);
  const models = await modelAccess(box, harness, request, model);
  const run = box.runs.start("agent", request.prompt, { id: runId, scheduleId });
  const signal = timeout === undefined ? run.signal : AbortSignal.any([run.signal, timeout]);
  const task = new AgentTask({ box, harness, request, runId, model, models, checkAnswer, signal });
  try {
    await task.begin();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    run.finish({ status: "failed", error_message: reason });
    if (!(cause instanceof BoxdError) || cause.code !== "REMOTE") throw cause;
    throw new EngineError(
      400,
      "agent_not_started",
      `The agent's program cannot be started: ${cause.message}; check custom_runner and folder.`,
      { cause },
    );
  }

  async function* events(): AsyncGenerator<readonly AgentEvent[]> {
    yield [{ name: "run_start", data: { run_id: run.id } }];
    const end = yield* task.run();
    run.finish({
      status: end.name === "done" ? "completed" : "failed",
      ...task.spent,
      model: model ?? "custom",
      ...usageOf(end, models?.calls),
      ...(end.name === "error" ? { error_message: String(end.data.error) } : {}),
    });
    yield [end, { name: "stats", data: task.spent }];
  }
  return { id: run.id, events: events() };
}

function requireHarness(box: EngineBox): Harness {
  const { agent } = box.record;
  if (agent === undefined) {
    throw new EngineError(
      400,
      "no_agent",
      "The box has no agent; create one with agent and model.",
    );
  }
  const harness = agent === "custom" || box.agentProgram ? customHarness : HARNESSES.get(agent);
  if (harness !== undefined) return harness;
  throw new EngineError(
    501,
    "not_supported",
    `This engine does not drive ${agent}; use ${[...HARNESSES.keys()].join(", ")} or custom, or Upstash Box.`,
  );
}

/** A run's usage, for its record: as the gateway has counted it, also for one that has failed. */
function usageOf(end: AgentEvent, calls: ModelCalls | undefined) {
  const { data } = end;
  const session = typeof data.session_id === "string" ? { session_id: data.session_id } : {};
  const answer = end.name === "done" ? { output: String(data.output ?? ""), ...session } : {};
  if (calls !== undefined) {
    const { input, output, cachedInput } = calls.usage;
    return {
      input_tokens: input,
      output_tokens: output,
      cached_input_tokens: cachedInput,
      cost_usd: calls.costUsd,
      ...answer,
    };
  }
  if (end.name !== "done") return {};
  return {
    input_tokens: Number(data.input_tokens ?? 0),
    output_tokens: Number(data.output_tokens ?? 0),
    cached_input_tokens: Number(data.cached_input_tokens ?? 0),
    cost_usd: Number(data.total_cost_usd ?? 0),
    ...answer,
  };
}
