import type { BoxContext } from "./box-context.ts";
import { BoxError } from "./box-error.ts";
import { cancelRun } from "./cancel-run.ts";
import { Deadline } from "./deadline.ts";
import type { ExecChunk } from "./exec-chunk.ts";
import { EXEC_STREAM_ACCEPT, ExecStreamParser } from "./exec-stream-parser.ts";
import type { RunOptions } from "./options.ts";
import { resolvePath, toFolder } from "./paths.ts";
import { RUN_ID_HEADER } from "./protocol.ts";
import { Run } from "./run.ts";
import { newRunState, type RunState } from "./run-state.ts";
import { StreamRun } from "./stream-run.ts";

/** Of each output of a stream, the characters that `run.stdout` and `run.stderr` keep. */
const KEPT_OUTPUT_CHARACTERS = 16 * 1024 * 1024;

/** After the exit there is nothing to come: only the end of the answer. */
const END_GRACE_MS = 1000;

const NANOSECONDS_PER_MS = 1e6;

/** What `exec.stream` takes. */
export interface ExecStreamOptions extends RunOptions {
  /**
   * `bytes` gives each chunk's `data` as a `Uint8Array`, for output that is not text; `run.stdout` and
   * `run.result` stay empty then.
   * @default "utf8"
   */
  encoding?: "utf8" | "bytes" | undefined;
}

/** Commands in a box: `box.exec`. */
export class Exec {
  readonly #box: BoxContext;

  /** @internal */
  constructor(box: BoxContext) {
    this.#box = box;
  }

  /**
   * Runs a command to its end. A command that exits with another code than 0 does not throw: its
   * status is `failed`.
   *
   * @param command A line for `sh -c`; or the program and its arguments, which no shell sees: use
   * this form when a part comes from somebody else.
   * @param options `timeout` defaults to the connection's (600 s); stream what takes longer.
   * @throws BoxError when the command could not be carried out or waited for.
   * @example
   * const run = await box.exec.command("echo hello");
   * run.result; // "hello"
   * run.status; // "completed"
   */
  async command(command: string | readonly string[], options: RunOptions = {}): Promise<Run> {
    const state = this.#newState();
    const started = Date.now();
    const { value, response } = await this.#post(command, options, state).catch(
      (error: unknown) => {
        if (BoxError.isInstance(error) && (error.code === "timeout" || error.code === "aborted")) {
          state.status = "cancelled";
          state.cancelRemote(state.id).catch(() => {});
          error.run = new Run(state);
        }
        throw error;
      },
    );
    const answer = value as { exit_code?: unknown; output?: unknown; error?: unknown } | null;
    if (typeof answer?.exit_code !== "number") {
      throw new BoxError(
        "protocol",
        "The service answered without an exit code. Check UPSTASH_BOX_BASE_URL or baseUrl.",
        { statusCode: response.status },
      );
    }
    state.id = response.headers.get(RUN_ID_HEADER) ?? state.id;
    state.stdout.append(typeof answer.output === "string" ? answer.output : "");
    state.stderr.append(typeof answer.error === "string" ? answer.error : "");
    state.cost.computeMs = Date.now() - started;
    settle(state, answer.exit_code);
    return new Run(state);
  }

  /**
   * Runs a command and hands out its output while it is made. Resolves once it has started.
   *
   * @param command As in {@link Exec.command}.
   * @param options There is no `timeout` by default.
   * @throws BoxError here when the command could not be started, from the loop when its output or
   * its exit code was lost.
   * @example
   * const stream = await box.exec.stream("npm test");
   * for await (const chunk of stream) {
   *   if (chunk.type === "stdout") process.stdout.write(chunk.data);
   *   if (chunk.type === "exit") console.log(chunk.exitCode);
   * }
   * stream.status; // "completed"
   */
  stream(
    command: string | readonly string[],
    options: ExecStreamOptions & { encoding: "bytes" },
  ): Promise<StreamRun<string, ExecChunk<Uint8Array>>>;
  stream(
    command: string | readonly string[],
    options?: ExecStreamOptions & { encoding?: "utf8" | undefined },
  ): Promise<StreamRun<string, ExecChunk>>;
  async stream(
    command: string | readonly string[],
    options: ExecStreamOptions = {},
    // biome-ignore lint/suspicious/noExplicitAny: the overloads say which of the two it is.
  ): Promise<StreamRun<string, ExecChunk<any>>> {
    const state = this.#newState(KEPT_OUTPUT_CHARACTERS);
    const started = Date.now();
    const deadline = new Deadline(options.timeout, options.signal);
    const path = `${this.#box.path}/exec-stream`;
    const request = {
      body: this.#body(command, options),
      headers: { accept: EXEC_STREAM_ACCEPT, [RUN_ID_HEADER]: state.id },
    };
    const response = await this.#box.client.open("POST", path, request, deadline).catch((error) => {
      if (deadline.fired) state.cancelRemote(state.id).catch(() => {});
      deadline.clear();
      throw error;
    });
    state.id = response.headers.get(RUN_ID_HEADER) ?? state.id;
    return new StreamRun({
      state,
      deadline,
      body: response.body ?? new ReadableStream({ start: (controller) => controller.close() }),
      parser: new ExecStreamParser<string | Uint8Array>(
        response.headers.get("content-type"),
        options.encoding ?? "utf8",
      ),
      apply: (chunk) => apply(chunk, state, started),
      operation: `exec.stream in box ${this.#box.id}`,
      endGrace: END_GRACE_MS,
    });
  }

  #post(command: string | readonly string[], options: RunOptions, state: RunState<string>) {
    return this.#box.client.json("POST", `${this.#box.path}/exec`, {
      body: this.#body(command, options),
      headers: { [RUN_ID_HEADER]: state.id },
      requestTimeout: options.timeout,
      signal: options.signal,
    });
  }

  #body(command: string | readonly string[], { folder }: RunOptions) {
    return {
      command: typeof command === "string" ? ["sh", "-c", command] : command,
      folder: toFolder(resolvePath(this.#box.cwd, folder ?? ".")),
    };
  }

  #newState(outputLimit = Number.POSITIVE_INFINITY): RunState<string> {
    const { client, id } = this.#box;
    const cancelRemote = (runId: string) => cancelRun(client, id, runId);
    return newRunState({ id: crypto.randomUUID(), outputLimit, cancelRemote }, commandResult);
  }
}

function apply(
  chunk: ExecChunk<string | Uint8Array>,
  state: RunState<string>,
  started: number,
): void {
  if (chunk.type === "exit") {
    state.cost.computeMs =
      chunk.cpuNs === undefined ? Date.now() - started : chunk.cpuNs / NANOSECONDS_PER_MS;
    settle(state, chunk.exitCode);
  } else if (typeof chunk.data === "string") {
    state[chunk.type].append(chunk.data);
  }
}

function settle(state: RunState<string>, exitCode: number): void {
  state.exitCode = exitCode;
  state.status = exitCode === 0 ? "completed" : "failed";
}

/** Without the newline that ends the last line, as in `$(…)`: `echo hello` gives "hello". */
function commandResult({ exitCode, stdout, stderr }: RunState<string>): string {
  const failed = exitCode !== undefined && exitCode !== 0;
  const text = (failed ? stderr.toString() : "") || stdout.toString();
  return text.replace(/\r?\n$/, "");
}
