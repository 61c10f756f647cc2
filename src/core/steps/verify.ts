import type { Box } from "../../box/index.ts";
import { BoxError } from "../../box/index.ts";
import { detectTests } from "../detect-tests.ts";
import type { Verdict } from "../events.ts";
import type { Job } from "../job.ts";
import { JobFailure } from "../job-failure.ts";
import type { JobPorts } from "../ports.ts";
import { type AgentResult, awaitAgent, repair, restoreTree } from "./run-agent.ts";

/** Longer than most suites take, shorter than a hung one costs. */
const TIME_LIMIT_MS = 15 * 60_000;
/** What a reader needs of a failing suite's output stands at its end. */
const TAIL_CHARACTERS = 4_000;

/** What a shell answers when a program may not be run, or is not there. */
const NOT_RUN = [126, 127];

/**
 * Runs the repository's own tests, outside the agent, and tells the agent what they say when they fail, as
 * often as the repository allows. Tests that fail in the end are a verdict, not a failure.
 * @param again an attempt that was cut off may have left the agent at work
 * @returns the work as it is after that
 */
export async function verify(
  box: Box,
  job: Job,
  work: AgentResult,
  again: boolean,
  ports: JobPorts,
): Promise<AgentResult> {
  if (again) {
    await awaitAgent(box, job, ports);
    // A repair that was cut off is not what is pushed, so it is not what is tested.
    await restoreTree(box, work.tree, ports);
  }
  const attempts = job.request.command.verb === "run" ? 0 : job.settings.attempts;
  let result = work;
  for (let attempt = 1; ; attempt++) {
    const verdict = await runTests(box, job.settings.verify, ports);
    ports.emit({ type: "verdict", verdict });
    if (verdict.kind !== "failed" || attempt > attempts) return result;
    ports.emit({ type: "repair-started", attempt, of: attempts });
    try {
      result = await repair(box, job, result, verdict, ports);
    } catch (error) {
      // What it had done before is there, and the tests' word on it stands.
      if (error instanceof JobFailure && !ports.signal.aborted) return result;
      throw error;
    }
  }
}

async function runTests(
  box: Box,
  configured: readonly string[] | null,
  ports: JobPorts,
): Promise<Verdict> {
  const { signal } = ports;
  if (configured !== null) {
    return configured.length === 0
      ? { kind: "none", because: "they were left out" }
      : runCommand(box, configured.join(" && "), ports);
  }
  const names = (await box.files.list(".", { signal })).map(({ name }) => name);
  const packageJson = names.includes("package.json") ? await readPackage(box, signal) : null;
  const command = detectTests(names, packageJson);
  if (command === null) return { kind: "none", because: "no tests were found" };
  if (packageJson !== null && needsInstallation(packageJson) && !names.includes("node_modules")) {
    return { kind: "none", because: "their dependencies are not installed in the box" };
  }
  return runCommand(box, command, ports);
}

async function runCommand(box: Box, command: string, ports: JobPorts): Promise<Verdict> {
  const { signal } = ports;
  const started = Date.now();
  let tail = "";
  try {
    const run = await box.exec.stream(command, { signal, timeout: TIME_LIMIT_MS });
    for await (const chunk of run) {
      if (chunk.type !== "exit") tail = (tail + chunk.data).slice(-TAIL_CHARACTERS);
    }
    const milliseconds = Date.now() - started;
    const { exitCode = 1 } = run;
    if (exitCode === 0) return { kind: "passed", command, milliseconds };
    if (NOT_RUN.includes(exitCode)) {
      return {
        kind: "none",
        because: `${command} could not be run in the box (exit code ${exitCode})`,
      };
    }
    return { kind: "failed", command, milliseconds, exitCode, tail: ports.redact(tail) };
  } catch (error) {
    if (signal.aborted || !BoxError.isInstance(error) || error.code !== "timeout") throw error;
    return {
      kind: "none",
      because: `${command} did not end within ${TIME_LIMIT_MS / 60_000} minutes`,
    };
  }
}

/** One that cannot be read (a folder, a dangling link) names no tests; the work is not lost for it. */
async function readPackage(box: Box, signal: AbortSignal): Promise<string | null> {
  try {
    return await box.files.read("package.json", { signal });
  } catch (error) {
    if (signal.aborted || !BoxError.isInstance(error)) throw error;
    return null;
  }
}

/** Tests that cannot load what they need say nothing about the change. */
function needsInstallation(packageJson: string): boolean {
  try {
    const { dependencies, devDependencies } = JSON.parse(packageJson);
    return Object.keys({ ...dependencies, ...devDependencies }).length > 0;
  } catch {
    return false;
  }
}
