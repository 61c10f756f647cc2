import type { Schedule } from "../../box/wire.ts";
import type { EngineBox } from "../engine-box.ts";
import { EngineError } from "../engine-error.ts";
import type { RunOutcome } from "../run-outcome.ts";
import { runCommand } from "./run-command.ts";
import { runPrompt } from "./run-prompt.ts";

/** Runs a schedule once, for no longer than it may take. Never rejects. */
export async function runSchedule(box: EngineBox, schedule: Schedule): Promise<RunOutcome> {
  const { type, timeout } = schedule;
  const stop = new AbortController();
  const tooLong = () =>
    stop.abort(
      new EngineError(
        408,
        "timeout",
        `The run took longer than ${timeout} ms and was ended; raise the schedule's timeout.`,
      ),
    );
  const timer = timeout === undefined ? undefined : setTimeout(tooLong, timeout);
  const run = type === "exec" ? runCommand : runPrompt;
  try {
    return await run(box, schedule, stop.signal);
  } finally {
    clearTimeout(timer);
  }
}
