import { randomUUID } from "node:crypto";
import type { BoxLog } from "../box-log.ts";
import { BoxdError, type BoxdExit, type BoxdProcess } from "../boxd/index.ts";
import type { EngineBox } from "../engine-box.ts";
import { EngineError } from "../engine-error.ts";
import { commandEnvironment } from "../environment.ts";
import { boxPath } from "../paths.ts";
import { AgentLog } from "./agent-log.ts";
import { customHarness } from "./custom-harness.ts";
import type { AgentEvent, AgentRequest, Harness } from "./harness.ts";
import { jsonAnswer } from "./json-answer.ts";
import { attachmentPaths, promptText } from "./prompt-text.ts";

/** The harnesses that this engine drives. */
const HARNESSES: Record<string, Harness> = { custom: customHarness };

/** How much of a failed program's words goes into the error. */
const ERROR_TAIL_CHARACTERS = 2_000;

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
 * @throws EngineError before anything has run: no agent, an unknown one, a program that is not there
 */
export async function runAgent(
  box: EngineBox,
  request: AgentRequest,
  { runId = randomUUID(), scheduleId, model = box.record.model, timeout }: RunAgentOptions = {},
): Promise<AgentRun> {
  const harness = requireHarness(box);
  const paths = attachmentPaths(request, runId);
  const { argv, env } = harness.command({
    program: box.agentProgram,
    prompt: promptText(request, paths),
    model,
    session: box.record.session_id,
    request,
  });
  const connection = await box.connection();
  const run = box.runs.start("agent", request.prompt, { id: runId, scheduleId });
  const signal = timeout === undefined ? run.signal : AbortSignal.any([run.signal, timeout]);
  let program: BoxdProcess;
  try {
    for (const [index, { content }] of (request.files ?? []).entries()) {
      await connection.files.write(paths[index] ?? "", content, { parents: true, signal });
    }
    program = await connection.start({
      argv,
      cwd: boxPath(request.folder),
      env: { ...commandEnvironment(box), ...env },
      signal,
    });
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
    let end: AgentEvent;
    let exit: BoxdExit | undefined;
    let usage = {};
    try {
      const { end: sent, said } = yield* readEvents(harness, program, box.log);
      exit = await program.exit;
      end = sent ?? missingEnd(signal, exit, said);
      if (request.json_schema !== undefined) end = jsonAnswer(end);
      usage = await account(box, end);
    } catch (error) {
      // Nobody reads its output any more: it would wait at a full pipe for ever.
      program.signal("SIGKILL", "tree");
      end = brokenEnd(signal, error);
    }
    run.finish({
      status: end.name === "done" ? "completed" : "failed",
      cpu_ns: Number(exit?.cpuNanoseconds ?? 0),
      memory_peak_bytes: exit?.maxRssBytes ?? 0,
      model: model ?? "custom",
      ...usage,
      ...(end.name === "error" ? { error_message: String(end.data.error) } : {}),
    });
    const stats = {
      cpu_ns: Number(exit?.cpuNanoseconds ?? 0),
      memory_peak_bytes: exit?.maxRssBytes ?? 0,
    };
    yield [end, { name: "stats", data: stats }];
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
  const harness = box.agentProgram === undefined ? HARNESSES[agent] : customHarness;
  if (harness !== undefined) return harness;
  throw new EngineError(
    501,
    "not_supported",
    `This engine does not drive ${agent}; use agent custom, or Upstash Box.`,
  );
}

/** Passes on what the program sends, and keeps its end back until the program has ended. */
async function* readEvents(
  harness: Harness,
  program: BoxdProcess,
  boxLog: BoxLog,
): AsyncGenerator<readonly AgentEvent[], { end: AgentEvent | undefined; said: string }> {
  let events: AgentEvent[] = [];
  let end: AgentEvent | undefined;
  const log = new AgentLog(boxLog);
  const parser = harness.parser((event) => {
    if (event.name === "done" || event.name === "error") end ??= event;
    else if (event.name !== "run_start" && event.name !== "stats") {
      log.write(event);
      events.push(event);
    }
  });
  const said = tail(program);
  for await (const chunk of program.stdout ?? []) {
    parser.push(chunk);
    if (events.length === 0) continue;
    yield events;
    events = [];
  }
  log.end();
  return { end, said: await said };
}

/** Standard error is for people: only its end is kept, for the message of a failure. */
async function tail(program: BoxdProcess): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  try {
    for await (const chunk of program.stderr ?? []) {
      text = (text + decoder.decode(chunk, { stream: true })).slice(-ERROR_TAIL_CHARACTERS);
    }
  } catch {
    // The box is gone. Standard output says so too, where somebody listens.
  }
  return text.trim();
}

/** A program that ends without `done` has failed, whatever its exit code says. */
function missingEnd(signal: AbortSignal, exit: BoxdExit, said: string): AgentEvent {
  if (signal.aborted) return stoppedEnd(signal);
  const how = exit.code === null ? `it was ended by ${exit.signal}` : `exit code ${exit.code}`;
  const error = `The agent ended without a result (${how})${said === "" ? "." : `: ${said}`}`;
  return { name: "error", data: { error } };
}

/** The end of a run that could not be read to its end. */
function brokenEnd(signal: AbortSignal, thrown: unknown): AgentEvent {
  if (signal.aborted) return stoppedEnd(signal);
  const error =
    thrown instanceof BoxdError && thrown.code === "CLOSED"
      ? "The box stopped while the agent was at work; run it again."
      : `The run of the agent failed: ${thrown instanceof Error ? thrown.message : thrown}`;
  return { name: "error", data: { error } };
}

function stoppedEnd({ reason }: AbortSignal): AgentEvent {
  return { name: "error", data: { error: reason instanceof Error ? reason.message : `${reason}` } };
}

/** A run's usage, for its record; the session is kept for the next run. */
async function account(box: EngineBox, end: AgentEvent) {
  if (end.name !== "done") return {};
  const sessionId = end.data.session_id;
  const session = typeof sessionId === "string" ? { session_id: sessionId } : {};
  if (typeof sessionId === "string") await box.update(session);
  return {
    input_tokens: Number(end.data.input_tokens ?? 0),
    output_tokens: Number(end.data.output_tokens ?? 0),
    cached_input_tokens: Number(end.data.cached_input_tokens ?? 0),
    cost_usd: Number(end.data.total_cost_usd ?? 0),
    output: String(end.data.output ?? ""),
    ...session,
  };
}
