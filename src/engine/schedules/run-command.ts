import type { Schedule } from "../../box/wire.ts";
import type { BoxdExit } from "../boxd/index.ts";
import type { EngineBox } from "../engine-box.ts";
import { commandEnvironment } from "../environment.ts";
import { boxPath } from "../paths.ts";
import type { RunOutcome } from "../run-outcome.ts";
import { outputTail } from "./output-tail.ts";

/** Nobody reads a schedule's output while it comes: its end is for the webhook and the log. */
const OUTPUT_LIMIT_CHARACTERS = 256 * 1024;
const ERROR_LIMIT_CHARACTERS = 2_000;

/**
 * Runs a schedule's command to its end, in a box that is woken for it. Never rejects: whatever goes
 * wrong is the run's failure, and in its record.
 * @param timeout ends the command and all that it has started; its reason is the run's failure
 */
export async function runCommand(
  box: EngineBox,
  schedule: Schedule,
  timeout: AbortSignal,
): Promise<RunOutcome> {
  const { command = [], folder, id } = schedule;
  const run = box.runs.start("shell", command.join(" "), { scheduleId: id });
  const signal = AbortSignal.any([run.signal, timeout]);
  let output = "";
  let cpu_ns = 0;
  let error: string | undefined;
  try {
    const connection = await box.connection();
    const program = await connection.start({
      argv: command,
      cwd: boxPath(folder),
      env: commandEnvironment(box),
      signal,
    });
    const [said, errors, exit] = await Promise.all([
      outputTail(program.stdout, OUTPUT_LIMIT_CHARACTERS),
      outputTail(program.stderr, ERROR_LIMIT_CHARACTERS),
      program.exit,
    ]);
    output = said;
    cpu_ns = Number(exit.cpuNanoseconds);
    if (exit.code !== 0) error = failureOf(exit, errors.trim());
  } catch (thrown) {
    error = thrown instanceof Error ? thrown.message : String(thrown);
  }
  if (signal.aborted) error = (signal.reason as Error).message;
  const status = error === undefined ? "completed" : "failed";
  run.finish({ status, cpu_ns, ...(error !== undefined && { error_message: error }) });
  return { runId: run.id, status, output, ...(error !== undefined && { error }) };
}

function failureOf(exit: BoxdExit, errors: string): string {
  const how = exit.code === null ? `it was ended by ${exit.signal}` : `exit code ${exit.code}`;
  return `The command failed (${how})${errors === "" ? "." : `: ${errors}`}`;
}
