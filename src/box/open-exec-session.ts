import type { BoxContext } from "./box-context.ts";
import { BoxError } from "./box-error.ts";
import { Deadline } from "./deadline.ts";
import { ExecSession, type ExecSessionSource } from "./exec-session.ts";
import type { ExecSessionOptions } from "./exec-session-options.ts";
import { resolvePath } from "./paths.ts";
import { requireTerminalSize } from "./require-terminal-size.ts";

/** See `Exec.session`. */
export async function openExecSession<Data extends string | Uint8Array>(
  box: BoxContext,
  options: ExecSessionOptions,
): Promise<ExecSession<Data>> {
  const { client, id, path } = box;
  const start = startFrame(box, options);
  const operation = `The session in box ${id}`;
  const deadline = new Deadline(options.timeout, options.signal);
  const starting = new Deadline(options.requestTimeout ?? client.timeout, undefined);
  try {
    if (deadline.fired) throw deadline.toError(undefined, operation);
    const socket = await client.webSocket(`${path}/exec-session`);
    const session = new ExecSession<Data>({ socket, start, options, deadline, operation });
    for (const limit of [deadline, starting]) {
      const onAbort = () => session.fail(limit.toError(undefined, operation));
      if (limit.fired) onAbort();
      else limit.signal.addEventListener("abort", onAbort);
    }
    await session.started;
    return session;
  } catch (error) {
    deadline.clear();
    throw await explain(error, box, options);
  } finally {
    starting.clear();
  }
}

function startFrame(box: BoxContext, options: ExecSessionOptions): ExecSessionSource["start"] {
  const { argv, cmd, tty, rows, cols, env } = options;
  if (argv === undefined && cmd === undefined) {
    throw new BoxError("invalid_argument", "A session needs a program. Pass argv, or cmd.");
  }
  requireTerminalSize({ rows, cols });
  return {
    type: "start",
    ...(argv === undefined ? { cmd } : { argv: [...argv] }),
    tty,
    rows,
    cols,
    cwd: resolvePath(box.cwd, options.cwd ?? "."),
    env: isList(env)
      ? [...env]
      : Object.entries(env ?? {}).map(([name, value]) => `${name}=${value}`),
  };
}

function isList(env: ExecSessionOptions["env"]): env is readonly string[] {
  return Array.isArray(env);
}

/** A WebSocket only says that it did not open: a request says why, with its status and its id. */
async function explain(
  error: unknown,
  { client, path }: BoxContext,
  { signal, requestTimeout }: ExecSessionOptions,
): Promise<unknown> {
  if (!BoxError.isInstance(error) || error.code !== "network") return error;
  return client.json("GET", path, { signal, requestTimeout }).then(
    () => error,
    (reason: unknown) => reason,
  );
}
