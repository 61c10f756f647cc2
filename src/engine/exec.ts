import type { ExecExit, ExecRequest, ExecResponse } from "../box/wire.ts";
import { BoxdError, type BoxdExit, type BoxdProcess } from "./boxd/index.ts";
import type { EngineBox } from "./engine-box.ts";
import { EngineError } from "./engine-error.ts";
import { commandEnvironment } from "./environment.ts";
import { exitCode } from "./exit-code.ts";
import { boxPath } from "./paths.ts";
import type { RunningRun } from "./runs.ts";

/** What a buffered exec may print, each of stdout and stderr; a stream has no such limit. */
const BUFFERED_LIMIT_BYTES = 64 * 1024 * 1024;
/** What a shell answers when a command is not found, and when it may not be run. */
const NOT_FOUND = 127;
const NOT_EXECUTABLE = 126;

/** Runs a command to its end. A command that fails is a result, not an error. */
export async function execute(
  box: EngineBox,
  request: ExecRequest,
  runId?: string,
): Promise<ExecResponse> {
  const connection = await box.connection();
  const run = box.runs.start("shell", request.command.join(" "), runId);
  try {
    const { exit, stdout, stderr } = await connection.run({
      ...startOptions(box, request, run),
      limitBytes: BUFFERED_LIMIT_BYTES,
    });
    finish(run, exit);
    const response: ExecResponse = { exit_code: exitCode(exit), output: stdout.toString("utf8") };
    return stderr.length > 0 ? { ...response, error: stderr.toString("utf8") } : response;
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
  /** Resolves after the last byte of output. */
  exit: Promise<ExecExit>;
}

/** Starts a command; with `merge`, standard error is written into the output, in order. */
export async function executeStream(
  box: EngineBox,
  request: ExecRequest,
  { merge, runId }: { merge: boolean; runId?: string | undefined },
): Promise<ExecStream> {
  const connection = await box.connection();
  const run = box.runs.start("shell", request.command.join(" "), runId);
  let started: BoxdProcess;
  try {
    started = await connection.start({ ...startOptions(box, request, run), mergeStderr: merge });
  } catch (error) {
    run.finish({ status: "failed" });
    const { exit_code, error: message } = asResult(error);
    const text = [Buffer.from(message ?? "")];
    return {
      runId: run.id,
      output: toAsync(merge ? text : []),
      errors: merge ? null : toAsync(text),
      exit: Promise.resolve({ exit_code, cpu_ns: 0 }),
    };
  }
  const exit = started.exit.then(
    (ended): ExecExit => {
      finish(run, ended);
      return { exit_code: exitCode(ended), cpu_ns: Number(ended.cpuNanoseconds) };
    },
    (error) => {
      run.finish({ status: "failed" });
      throw error;
    },
  );
  exit.catch(() => undefined);
  return { runId: run.id, output: started.stdout ?? toAsync([]), errors: started.stderr, exit };
}

function startOptions(box: EngineBox, request: ExecRequest, run: RunningRun) {
  return {
    argv: request.command,
    cwd: boxPath(request.folder),
    env: commandEnvironment(box.record),
    signal: run.signal,
  };
}

function finish(run: RunningRun, exit: BoxdExit): void {
  run.finish({
    status: exit.code === 0 ? "completed" : "failed",
    cpu_ns: Number(exit.cpuNanoseconds),
  });
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
