import type { AgentChunk } from "./agent-chunk.ts";
import { Agent as AgentName } from "./agent-name.ts";
import { AgentStreamParser } from "./agent-stream-parser.ts";
import type { BoxContext } from "./box-context.ts";
import { Deadline } from "./deadline.ts";
import type { RunOptions } from "./options.ts";
import { resolvePath, toFolder } from "./paths.ts";
import { RUN_ID_HEADER } from "./protocol.ts";
import { parseOutput, type ResponseSchema, toJsonSchema } from "./response-schema.ts";
import { Run } from "./run.ts";
import { newRunState, type RunState } from "./run-state.ts";
import { StreamRun } from "./stream-run.ts";

/** Of the agent's words, the characters that a run keeps for `result` until there is an answer. */
const KEPT_TEXT_CHARACTERS = 16 * 1024 * 1024;

/** `stats` may come after `done`, when the service has added them up. */
const END_GRACE_MS = 10_000;

const NANOSECONDS_PER_MS = 1e6;

/** What `agent.run` and `agent.stream` take. */
export interface AgentRunOptions<Result = string> extends RunOptions {
  /** What the agent is to do. */
  prompt: string;
  /** A zod 4 schema: the final answer is JSON of this shape, and `run.result` its parsed value. */
  responseSchema?: ResponseSchema<Result> | undefined;
  /** Settings of the harness, such as `{ maxBudgetUsd: 1, effort: "high" }`. */
  options?: Record<string, unknown> | undefined;
}

/** The agent in a box: `box.agent`. */
export class BoxAgent {
  readonly #box: BoxContext;

  /** @internal */
  constructor(box: BoxContext) {
    this.#box = box;
  }

  /**
   * Runs the agent to its end.
   *
   * @throws BoxError `agent_failed` when it failed, `output_mismatch` when its answer does not fit the
   * schema, or when the connection was lost; `error.run` has what was received and spent.
   * @example
   * const run = await box.agent.run({
   *   prompt: "Analyze this candidate",
   *   responseSchema: z.object({ name: z.string(), score: z.number() }),
   * });
   * run.result.score; // a number
   */
  async run<Result = string>(options: AgentRunOptions<Result>): Promise<Run<Result>> {
    const { stream, state } = await this.#start(options);
    for await (const _ of stream);
    return new Run(state);
  }

  /**
   * Runs the agent and hands out what it does. Resolves once the service has taken the run on.
   *
   * @throws BoxError here when the run could not be started, from the loop as {@link BoxAgent.run}.
   * @example
   * const stream = await box.agent.stream({ prompt: "Refactor the auth flow" });
   * for await (const part of stream) {
   *   if (part.type === "text-delta") process.stdout.write(part.text);
   *   if (part.type === "tool-call") console.log(part.toolName, part.input);
   *   if (part.type === "finish") console.log(part.usage.inputTokens + part.usage.outputTokens);
   * }
   */
  async stream<Result = string>(
    options: AgentRunOptions<Result>,
  ): Promise<StreamRun<Result, AgentChunk>> {
    return (await this.#start(options)).stream;
  }

  async #start<Result>(options: AgentRunOptions<Result>) {
    const { client, id, path } = this.#box;
    const answer: { value?: Result } = {};
    const state = newRunState<Result>(this.#box, KEPT_TEXT_CHARACTERS, ({ stdout }) => {
      if ("value" in answer) return answer.value as Result;
      // With a schema there is no result before there is an answer; else the text so far.
      return (options.responseSchema ? undefined : stdout.toString()) as Result;
    });
    const body = await this.#body(options);
    const deadline = new Deadline(options.timeout, options.signal);
    const headers = { accept: "text/event-stream", [RUN_ID_HEADER]: state.id };
    const started = Date.now();
    const response = await client
      .open("POST", `${path}/run/stream`, { body, headers }, deadline)
      .catch((error: unknown) => {
        if (deadline.fired) state.cancelRemote(state.id).catch(() => {});
        deadline.clear();
        throw error;
      });
    state.id = response.headers.get(RUN_ID_HEADER) ?? state.id;
    const stream = new StreamRun<Result, AgentChunk>({
      state,
      deadline,
      body: response.body ?? new ReadableStream({ start: (controller) => controller.close() }),
      parser: new AgentStreamParser(),
      apply: (chunk) => apply(chunk, state, started, options.responseSchema, answer),
      operation: `The agent run in box ${id}`,
      endGrace: END_GRACE_MS,
    });
    return { stream, state };
  }

  async #body<Result>(options: AgentRunOptions<Result>) {
    const { prompt, responseSchema, folder } = options;
    return {
      prompt,
      folder: toFolder(resolvePath(this.#box.cwd, folder ?? ".")),
      json_schema: responseSchema && (await toJsonSchema(responseSchema)),
      agent_options:
        this.#box.harness === AgentName.Codex ? snakeCaseKeys(options.options) : options.options,
    };
  }
}

function apply<Result>(
  chunk: AgentChunk,
  state: RunState<Result>,
  started: number,
  schema: ResponseSchema<Result> | undefined,
  answer: { value?: Result },
): void | Promise<void> {
  switch (chunk.type) {
    case "start":
      state.id = chunk.runId;
      return;
    case "text-delta":
      state.stdout.append(chunk.text);
      return;
    case "stats":
      state.cost.computeMs = chunk.cpuNs / NANOSECONDS_PER_MS;
      return;
    case "finish": {
      chunk.cost.computeMs = state.cost.computeMs || Date.now() - started;
      state.cost = { ...chunk.cost };
      if (schema) return finishWithSchema(chunk.result, state, schema, answer);
      answer.value = (chunk.result === "" ? state.stdout.toString() : chunk.result) as Result;
      state.status = "completed";
    }
  }
}

async function finishWithSchema<Result>(
  output: string,
  state: RunState<Result>,
  schema: ResponseSchema<Result>,
  answer: { value?: Result },
): Promise<void> {
  answer.value = await parseOutput(schema, output);
  state.status = "completed";
}

/** Codex names its settings `model_reasoning_effort`; the SDK's names are in camel case. */
function snakeCaseKeys(options: Record<string, unknown> | undefined) {
  if (options === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  );
}
