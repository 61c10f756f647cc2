import type { ExecSessionClientFrame } from "../../box/wire.ts";
import type { StartOptions } from "../boxd/index.ts";
import type { EngineBox } from "../engine-box.ts";
import { EngineError } from "../engine-error.ts";
import { commandEnvironment, isSettable } from "../environment.ts";
import { boxPath } from "../paths.ts";

/** A terminal whose size nobody said. */
const DEFAULT_ROWS = 24;
const DEFAULT_COLUMNS = 80;

/**
 * Turns a session's first frame into a process.
 * @throws EngineError 400 for a frame without a command, or with both kinds
 */
export function sessionCommand(
  box: EngineBox,
  start: Extract<ExecSessionClientFrame, { type: "start" }>,
): StartOptions & { argv: string[] } {
  const { argv, cmd, tty, cwd, rows = DEFAULT_ROWS, cols = DEFAULT_COLUMNS } = start;
  if ((argv === undefined) === (cmd === undefined)) {
    throw new EngineError(400, "invalid_request", "start: send argv or cmd, one of the two.");
  }
  return {
    argv: argv ?? ["bash", "-lc", cmd ?? ""],
    cwd: boxPath(cwd),
    env: {
      ...(tty ? { TERM: "xterm-256color" } : {}),
      ...commandEnvironment(box),
      ...variables(start.env ?? []),
    },
    stdin: "open",
    ...(tty ? { pty: { rows, columns: cols } } : {}),
  };
}

/** What a box must not set is left out without a word: shells hand on all that they have. */
function variables(entries: readonly string[]): Record<string, string> {
  const pairs = entries.map((entry): [string, string] => {
    const equals = entry.indexOf("=");
    return equals < 0 ? [entry, ""] : [entry.slice(0, equals), entry.slice(equals + 1)];
  });
  return Object.fromEntries(pairs.filter(([name, value]) => isSettable(name, value)));
}
