import type { Field } from "./encode.ts";
import { BoxdError } from "./error.ts";
import { START_FLAG, TAG } from "./protocol.ts";
import type { StartOptions } from "./types.ts";

/**
 * The fields of START.
 *
 * @throws BoxdError `ARGUMENT` for options that contradict each other.
 */
export function startFields(options: StartOptions, windowBytes: number): Field[] {
  if (options.argv.length === 0) {
    throw new BoxdError(
      "ARGUMENT",
      "Expected the `argv` option to name a program, got an empty list",
    );
  }
  const fields: Field[] = [
    [TAG.FLAGS, startFlags(options)],
    [TAG.CREDIT, windowBytes],
  ];
  for (const argument of options.argv) fields.push([TAG.ARGUMENT, argument]);
  for (const entry of environmentEntries(options.env ?? {})) fields.push([TAG.ENVIRONMENT, entry]);
  if (options.cwd !== undefined) fields.push([TAG.CWD, options.cwd]);
  if (options.pty !== undefined) {
    fields.push([TAG.ROWS, options.pty.rows], [TAG.COLUMNS, options.pty.columns]);
  }
  if (options.user !== undefined) {
    fields.push([TAG.UID, options.user.uid], [TAG.GID, options.user.gid]);
    for (const group of options.user.groups ?? []) fields.push([TAG.GROUP, group]);
  }
  return fields;
}

function startFlags(options: StartOptions): number {
  if (options.pty !== undefined) {
    if (options.mergeStderr || options.stdout === "ignore" || options.stderr === "ignore") {
      throw new BoxdError("ARGUMENT", "Expected the `pty` option alone: a terminal has one output");
    }
    return START_FLAG.PTY | START_FLAG.STDIN;
  }
  if (options.mergeStderr && options.stderr === "ignore") {
    throw new BoxdError("ARGUMENT", 'Expected `mergeStderr` or `stderr: "ignore"`, got both');
  }
  return (
    (options.mergeStderr ? START_FLAG.MERGE_STDERR : 0) |
    (options.stdin === "open" ? START_FLAG.STDIN : 0) |
    (options.stdout === "ignore" ? START_FLAG.NO_STDOUT : 0) |
    (options.stderr === "ignore" ? START_FLAG.NO_STDERR : 0)
  );
}

function environmentEntries(env: NonNullable<StartOptions["env"]>): Iterable<Field[1]> {
  if (Array.isArray(env)) return env;
  return Object.entries(env).map(([name, value]) => `${name}=${value}`);
}
