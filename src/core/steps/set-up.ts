import { type Box, BoxError } from "../../box/index.ts";
import { JobFailure } from "../job-failure.ts";
import type { JobPorts } from "../ports.ts";

/** Packages are fetched and built. */
const TIME_LIMIT_MS = 30 * 60_000;
const TAIL_CHARACTERS = 2_000;

/**
 * Makes a clone ready with the repository's own commands, in their order.
 * @throws JobFailure `setup-failed` with the end of what the command printed
 */
export async function setUp(
  box: Box,
  commands: readonly string[],
  { emit, signal, redact }: JobPorts,
): Promise<void> {
  for (const command of commands) {
    let tail = "";
    const fail = (how: string, cause?: unknown) =>
      new JobFailure(
        "setup-failed",
        `The setup command \`${command}\` ${how}: ${redact(tail).trim() || "it printed nothing"}`,
        "Mend `setup` in .github/box.yml, or what it runs, and comment again.",
        { cause },
      );
    try {
      const run = await box.exec.stream(command, { signal, timeout: TIME_LIMIT_MS });
      for await (const chunk of run) {
        if (chunk.type === "exit") continue;
        tail = (tail + chunk.data).slice(-TAIL_CHARACTERS);
        emit({ type: "output", stream: chunk.type, text: chunk.data });
      }
      if (run.exitCode !== 0) throw fail(`ended with exit code ${run.exitCode}`);
    } catch (cause) {
      if (signal.aborted || !BoxError.isInstance(cause) || cause.code !== "timeout") throw cause;
      throw fail(`did not end within ${TIME_LIMIT_MS / 60_000} minutes`, cause);
    }
  }
}
