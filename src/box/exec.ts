import type { BoxContext } from "./box-context.ts";
import { BoxError } from "./box-error.ts";
import { CodeRun } from "./code-run.ts";
import { Deadline } from "./deadline.ts";
import type { ExecChunk } from "./exec-chunk.ts";
import type { ExecSession } from "./exec-session.ts";
import type { ExecSessionOptions } from "./exec-session-options.ts";
import { EXEC_STREAM_ACCEPT, ExecStreamParser } from "./exec-stream-parser.ts";
import { openExecSession } from "./open-exec-session.ts";
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

/** What `exec.code` and `exec.streamCode` take. */
export interface CodeOptions extends RunOptions {
  /** The source code. */
  code: string;
  lang: "js" | "ts" | "python";
}

/** The service ends code by itself when its time is over, and then says how that went. */
const CODE_GRACE_MS = 10_000;

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
    return new Run(await this.#runToEnd("exec", this.#command(command, options), options));
  }

  /**
   * Runs a piece of code to its end: JavaScript and TypeScript with Node.js, Python with python3.
   * Relative imports start at `box.cwd`. Code that fails does not throw: its status is `failed`.
   *
   * @param options `timeout` is kept by the box, which ends the program.
   * @throws BoxError when the code could not be run or waited for.
   * @example
   * const run = await box.exec.code({ code: "console.log('hello')", lang: "js" });
   * run.output; // "hello"
   * run.exit_code; // 0
   */
  async code(options: CodeOptions): Promise<CodeRun> {
    const { timeout, signal } = options;
    const limits = { timeout: timeout && timeout + CODE_GRACE_MS, signal };
    return new CodeRun(await this.#runToEnd("code", this.#code(options), limits));
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
    return this.#stream("exec-stream", this.#command(command, options), options);
  }

  /**
   * Runs a piece of code and hands out its output while it is made.
   *
   * @throws BoxError here when it could not be started, from the loop when its output or its exit code
   * was lost.
   * @example
   * const stream = await box.exec.streamCode({ code: "print('hello')", lang: "python" });
   * for await (const chunk of stream) if (chunk.type === "stdout") console.log(chunk.data);
   */
  async streamCode(options: CodeOptions): Promise<StreamRun<string, ExecChunk>> {
    const { timeout, signal } = options;
    const limits = { timeout: timeout && timeout + CODE_GRACE_MS, signal };
    return this.#stream("code-stream", this.#code(options), limits);
  }

  /**
   * Starts a program and stays connected to it, for input, a terminal and signals. Resolves once it
   * runs. When the session ends, so does the program.
   *
   * @param options `argv` for a program and its arguments, or `cmd` for a line of bash.
   * @throws BoxError here when it could not be started, from the loop and from `wait()` when the
   * connection was lost.
   * @example
   * await using shell = await box.exec.session({ argv: ["bash", "-i"], tty: true, rows: 40, cols: 120 });
   * shell.write("npm test; exit\n");
   * for await (const chunk of shell) if (chunk.type === "stdout") process.stdout.write(chunk.data);
   */
  session(options: ExecSessionOptions & { encoding: "bytes" }): Promise<ExecSession<Uint8Array>>;
  session(options: ExecSessionOptions & { encoding?: "utf8" | undefined }): Promise<ExecSession>;
  // biome-ignore lint/suspicious/noExplicitAny: the overloads say which of the two it is.
  session(options: ExecSessionOptions): Promise<ExecSession<any>> {
    return openExecSession(this.#box, options);
  }

  async #runToEnd(route: string, body: object, options: RunOptions): Promise<RunState<string>> {
    const state = this.#newState();
    const started = Date.now();
    const request = {
      body,
      headers: { [RUN_ID_HEADER]: state.id },
      requestTimeout: options.timeout,
      signal: options.signal,
    };
    const { client, path } = this.#box;
    const { value, response } = await client
      .json("POST", `${path}/${route}`, request)
      .catch((error: unknown) => {
        if (BoxError.isInstance(error) && (error.code === "timeout" || error.code === "aborted")) {
          state.status = "cancelled";
          state.cancelRemote(state.id).catch(() => {});
          error.run = new Run(state);
        }
        throw error;
      });
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
    return state;
  }

  async #stream<Data extends string | Uint8Array>(
    route: string,
    body: object,
    options: ExecStreamOptions,
  ): Promise<StreamRun<string, ExecChunk<Data>>> {
    const { client, id, path } = this.#box;
    const state = this.#newState(KEPT_OUTPUT_CHARACTERS);
    const started = Date.now();
    const deadline = new Deadline(options.timeout, options.signal);
    const headers = { accept: EXEC_STREAM_ACCEPT, [RUN_ID_HEADER]: state.id };
    const response = await client
      .open("POST", `${path}/${route}`, { body, headers }, deadline)
      .catch((error) => {
        if (deadline.fired) state.cancelRemote(state.id).catch(() => {});
        deadline.clear();
        throw error;
      });
    state.id = response.headers.get(RUN_ID_HEADER) ?? state.id;
    return new StreamRun({
      state,
      deadline,
      body: response.body ?? new ReadableStream({ start: (controller) => controller.close() }),
      parser: new ExecStreamParser<Data>(
        response.headers.get("content-type"),
        options.encoding ?? "utf8",
      ),
      apply: (chunk) => apply(chunk, state, started),
      operation: `${route} in box ${id}`,
      endGrace: END_GRACE_MS,
    });
  }

  #command(command: string | readonly string[], options: RunOptions) {
    const argv = typeof command === "string" ? ["sh", "-c", command] : command;
    return { command: argv, folder: this.#folder(options) };
  }

  #code(options: CodeOptions) {
    const { code, lang, timeout } = options;
    return { code, language: lang, timeout: timeout || undefined, folder: this.#folder(options) };
  }

  #folder({ folder }: RunOptions): string | undefined {
    return toFolder(resolvePath(this.#box.cwd, folder ?? "."));
  }

  #newState(outputLimit = Number.POSITIVE_INFINITY): RunState<string> {
    return newRunState(this.#box, outputLimit, commandResult);
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
