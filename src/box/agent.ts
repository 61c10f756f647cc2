import type { AgentChunk } from "./agent-chunk.ts";
import { agentRequestBody, type PromptFile, type WebhookConfig } from "./agent-request.ts";
import { AgentStreamParser } from "./agent-stream-parser.ts";
import type { BoxContext } from "./box-context.ts";
import { BoxError } from "./box-error.ts";
import { Deadline } from "./deadline.ts";
import type { HarnessOptions } from "./harness-options.ts";
import type { RunOptions } from "./options.ts";
import { RUN_ID_HEADER } from "./protocol.ts";
import { readRecord } from "./read-record.ts";
import { parseOutput, type ResponseSchema } from "./response-schema.ts";
import { Run } from "./run.ts";
import { newRunState, type RunState } from "./run-state.ts";
import { StreamRun } from "./stream-run.ts";
import { withRetries } from "./with-retries.ts";

/** Of the agent's words, the characters that a run keeps for `result` until there is an answer. */
const KEPT_TEXT_CHARACTERS = 16 * 1024 * 1024;

/** `stats` may come after `done`, when the service has added them up. */
const END_GRACE_MS = 10_000;

const NANOSECONDS_PER_MS = 1e6;

/** A tool that the agent uses. */
export interface ToolUse {
  toolCallId?: string | undefined;
  name: string;
  input: Record<string, unknown>;
}

/** What a tool has answered. */
export interface ToolResult {
  /** That of its use. */
  toolCallId?: string | undefined;
  output: unknown;
}

/** What `agent.stream` takes. */
export interface AgentStreamOptions<Result = string> extends RunOptions {
  /** What the agent is to do. */
  prompt: string;
  /** A zod schema: the final answer is JSON of this shape, and `run.result` its parsed value. */
  responseSchema?: ResponseSchema<Result> | undefined;
  /** Settings of the harness, such as `{ maxBudgetUsd: 1, effort: "high" }`. */
  options?: HarnessOptions | undefined;
  /** Paths of files on this machine, or contents; at most 10 of at most 10 MB. */
  files?: readonly string[] | readonly PromptFile[] | undefined;
  /**
   * How many times to try again, after 1, 2, 4 … 30 s, when the service was not there or busy and
   * nothing had begun. A run that has begun is never repeated.
   * @default 0
   */
  maxRetries?: number | undefined;
  /** Called for each tool that the agent uses. */
  onToolUse?: ((tool: ToolUse) => void) | undefined;
  /** Called for each answer of a tool. */
  onToolResult?: ((result: ToolResult) => void) | undefined;
}

/** What `agent.run` takes. */
export interface AgentRunOptions<Result = string> extends AgentStreamOptions<Result> {
  /**
   * Do not wait: the service posts to this address when the run has ended, and `agent.run` gives a run
   * that is `running`. What it is given is signed, see docs/webhooks.md.
   */
  webhook?: WebhookConfig | undefined;
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
    if (options.webhook !== undefined) return this.#runInBackground(options);
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
    options: AgentStreamOptions<Result>,
  ): Promise<StreamRun<Result, AgentChunk>> {
    return (await this.#start(options)).stream;
  }

  async #start<Result>(options: AgentStreamOptions<Result>) {
    const answer: { value?: Result } = {};
    const state = newRunState<Result>(this.#box, KEPT_TEXT_CHARACTERS, ({ stdout }) => {
      if ("value" in answer) return answer.value as Result;
      // With a schema there is no result before there is an answer; else the text so far.
      return (options.responseSchema ? undefined : stdout.toString()) as Result;
    });
    const { response, deadline } = await this.#send("run/stream", options, state);
    const stream = new StreamRun<Result, AgentChunk>({
      state,
      deadline,
      body: response.body ?? new ReadableStream({ start: (controller) => controller.close() }),
      parser: new AgentStreamParser(),
      apply: (chunk) => {
        tellTools(chunk, options);
        return apply(chunk, state, options.responseSchema, answer);
      },
      operation: `The agent run in box ${this.#box.id}`,
      endGrace: END_GRACE_MS,
    });
    return { stream, state };
  }

  async #runInBackground<Result>(options: AgentRunOptions<Result>): Promise<Run<Result>> {
    const state = newRunState<Result>(this.#box, 0, () => undefined as Result);
    const { response, deadline } = await this.#send("run", options, state);
    const operation = `The agent run in box ${this.#box.id}`;
    try {
      const value = await this.#box.client.readJson(response, operation);
      state.id = readRecord<{ run_id: string }>(value, "run_id").run_id;
    } catch (error) {
      throw deadline.toError(error, operation);
    } finally {
      deadline.clear();
    }
    return new Run(state);
  }

  async #send(route: string, options: AgentRunOptions<unknown>, state: RunState<unknown>) {
    const { client, path } = this.#box;
    const body = await agentRequestBody(this.#box, options);
    const deadline = new Deadline(options.timeout, options.signal);
    const headers = { accept: "text/event-stream", [RUN_ID_HEADER]: state.id };
    const attempt = () => client.open("POST", `${path}/${route}`, { body, headers }, deadline);
    try {
      const response = await withRetries(attempt, options.maxRetries ?? 0, deadline.signal);
      state.id = response.headers.get(RUN_ID_HEADER) ?? state.id;
      return { response, deadline };
    } catch (error) {
      if (deadline.fired) state.cancelRemote(state.id).catch(() => {});
      deadline.clear();
      throw error;
    }
  }
}

/** @throws BoxError when the caller's own function threw: the run goes on, its reader has failed. */
function tellTools(chunk: AgentChunk, options: AgentStreamOptions<unknown>): void {
  const { onToolUse, onToolResult } = options;
  try {
    if (chunk.type === "tool-call" && onToolUse !== undefined) {
      const { toolCallId, toolName: name } = chunk;
      onToolUse({ toolCallId, name, input: { ...(chunk.input as object) } });
    }
    if (chunk.type === "tool-result" && onToolResult !== undefined) {
      onToolResult({ toolCallId: chunk.toolCallId, output: chunk.output });
    }
  } catch (cause) {
    throw new BoxError(
      "invalid_argument",
      `The ${chunk.type === "tool-call" ? "onToolUse" : "onToolResult"} function threw. Correct it.`,
      { cause },
    );
  }
}

function apply<Result>(
  chunk: AgentChunk,
  state: RunState<Result>,
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
      chunk.cost.computeMs = state.cost.computeMs || Date.now() - state.startedAt;
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
