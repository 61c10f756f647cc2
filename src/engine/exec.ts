import type { ExecExit, ExecResponse } from "../box/wire.ts";
import { BoxdError, type BoxdExit, type BoxdProcess } from "./boxd/index.ts";
import type { Command } from "./command.ts";
import type { EngineBox } from "./engine-box.ts";
import { EngineError } from "./engine-error.ts";
import { commandEnvironment } from "./environment.ts";
import { exitCode } from "./exit-code.ts";
import { OutputLog } from "./output-log.ts";
import { boxPath } from "./paths.ts";
import type { RunningRun } from "./runs.ts";

/** What a buffered exec may print, each of stdout and stderr; a stream has no such limit. */
const BUFFERED_LIMIT_BYTES = 64 * 1024 * 1024;
/** What a shell answers when a command is not found, and when it may not be run. */
const NOT_FOUND = 127;
const NOT_EXECUTABLE = 126;
/** What timeout(1) answers. */
const TIMED_OUT = 124;

/** Runs a command to its end. A command that fails is a result, not an error. */
export async function execute(
  box: EngineBox,
  command: Command,
  runId?: string,
): Promise<ExecResponse> {
  const connection = await box.connection();
  const run = box.runs.start("shell", label(command), { id: runId });
  try {
    const { exit, stdout, stderr, timedOut } = await connection.run({
      ...startOptions(box, command, run),
      ...(command.input === undefined ? {} : { input: command.input }),
      ...(command.timeout === undefined ? {} : { timeout: command.timeout }),
      limitBytes: BUFFERED_LIMIT_BYTES,
    });
    const code = finish(run, exit, timedOut);
    outputLog(box, "stdout").all(stdout);
    outputLog(box, "stderr").all(stderr);
    const response: ExecResponse = { exit_code: code, output: stdout.toString("utf8") };
    const errors = stderr.toString("utf8") + (timedOut ? timeoutNote(command) : "");
    return errors === "" ? response : { ...response, error: errors };
  } catch (error) {
    run.finish({ status: "failed" });
    if (error instanceof BoxdError && error.code === "OUTPUT_LIMIT") {
      throw new EngineError(
        413,
        "output_too_large",
        `The command printed more than ${BUFFERED_LIMIT_BYTES} bytes and was stopped; use exec-stream.`,
        { cause: error },
      );
    }
    return asResult(error);
  }
}

/** A started command whose output is still to come. */
export interface ExecStream {
  runId: string;
  output: AsyncIterable<Uint8Array>;
  errors: AsyncIterable<Uint8Array> | null;
  /** Resolves after the last byte of output; `note` is what the engine has to say to it. */
  end: Promise<{ exit: ExecExit; note?: string }>;
}

/** Starts a command; with `merge`, standard error is written into the output, in order. */
export async function executeStream(
  box: EngineBox,
  command: Command,
  { merge, runId }: { merge: boolean; runId?: string | undefined },
): Promise<ExecStream> {
  const connection = await box.connection();
  const run = box.runs.start("shell", label(command), { id: runId });
  let started: BoxdProcess;
  try {
    started = await connection.start({
      ...startOptions(box, command, run),
      mergeStderr: merge,
      stdin: command.input === undefined ? "ignore" : "open",
      ...(command.timeout === undefined ? {} : { timeout: command.timeout }),
    });
  } catch (error) {
    run.finish({ status: "failed" });
    const { exit_code, error: message } = asResult(error);
    const text = [Buffer.from(message ?? "")];
    return {
      runId: run.id,
      output: toAsync(merge ? text : []),
      errors: merge ? null : toAsync(text),
      end: Promise.resolve({ exit: { exit_code, cpu_ns: 0 } }),
    };
  }
  started.stdin?.end(command.input);
  const end = started.exit.then(
    (exit) => {
      const exit_code = finish(run, exit, started.timedOut);
      return {
        exit: { exit_code, cpu_ns: Number(exit.cpuNanoseconds) },
        ...(started.timedOut ? { note: timeoutNote(command) } : {}),
      };
    },
    (error) => {
      run.finish({ status: "failed" });
      throw error;
    },
  );
  end.catch(() => undefined);
  const { stdout, stderr } = started;
  return {
    runId: run.id,
    output: stdout === null ? toAsync([]) : outputLog(box, "stdout").through(stdout),
    errors: stderr === null ? null : outputLog(box, "stderr").through(stderr),
    end,
  };
}

function outputLog(box: EngineBox, name: "stdout" | "stderr"): OutputLog {
  return new OutputLog(box.log, name === "stdout" ? "info" : "error", "user");
}

function label({ label, argv }: Command): string {
  return label ?? argv.join(" ");
}

function startOptions(box: EngineBox, command: Command, run: RunningRun) {
  return {
    argv: command.argv,
    cwd: boxPath(command.folder),
    env: commandEnvironment(box),
    signal: run.signal,
  };
}

/** @returns the exit code that the client is told */
function finish(run: RunningRun, exit: BoxdExit, timedOut: boolean): number {
  const code = timedOut ? TIMED_OUT : exitCode(exit);
  run.finish({
    status: code === 0 ? "completed" : "failed",
    cpu_ns: Number(exit.cpuNanoseconds),
  });
  return code;
}

function timeoutNote({ timeout }: Command): string {
  return `The program took longer than its timeout of ${timeout} ms and was ended.\n`;
}

/** A program or folder that is not there is the command's failure, as it is in a shell. */
function asResult(error: unknown): ExecResponse {
  if (error instanceof BoxdError && error.code === "REMOTE") {
    const code = error.errnoName === "ENOENT" ? NOT_FOUND : NOT_EXECUTABLE;
    return { exit_code: code, output: "", error: `${error.message}\n` };
  }
  if (error instanceof EngineError && error.code === "cancelled") {
    return { exit_code: 128 + 9, output: "", error: "cancelled\n" };
  }
  throw error;
}

async function* toAsync(chunks: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* chunks;
}
