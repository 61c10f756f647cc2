import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { EngineError } from "../../engine-error.ts";
import type { Sandbox } from "../driver.ts";

const ENVIRONMENT = { PATH: "/usr/local/bin:/usr/bin:/bin" };

/**
 * Does something while the processes of a box stand still; they go on afterwards, also when it fails.
 * One signal to all at once: stopped one by one, those that still run would see the others stop.
 */
export async function standStill<T>(signalAll: SignalAll, work: () => Promise<T>): Promise<T> {
  await signalAll("STOP");
  try {
    return await work();
  } finally {
    // When the box has ended meanwhile, nobody stands still.
    await signalAll("CONT").catch(() => undefined);
  }
}

/** The host's process takes milliseconds; the box's root may stop it on its way. */
const SIGNAL_LIMIT_MS = 10_000;

/** Sends a signal to all processes of a box but its supervisor. */
export type SignalAll = (signal: "STOP" | "CONT") => Promise<void>;

/**
 * By a process of the box, for a box of one user. The kernel leaves out who asks and the supervisor; it
 * fails when there is nobody else.
 */
export function fromWithin({ connection }: Sandbox): SignalAll {
  return async (signal) => {
    const argv = ["sh", "-c", `kill -${signal} -1`];
    const { exit } = await connection.run({ argv, env: ENVIRONMENT });
    if (exit.signal !== null && signal === "STOP") throw cannotStop();
  };
}

/** A program of the box's has ended the one that was to stop it. What is copied would not be of one moment. */
function cannotStop(): EngineError {
  return new EngineError(
    409,
    "box_restless",
    "The box's programs cannot be stopped for the copy, since one of them ends all others; pause the box and try again.",
  );
}

/**
 * By a process of the host's that joins the box, for a box of many users: none in it may signal all
 * others but its root, who would stop those that ask him to.
 * @param pid in whose process namespace that of the box was made
 * @param hostUser who owns the box's user namespace, and has no rights elsewhere
 */
export function fromOutside(pid: number, hostUser: number | undefined): SignalAll {
  const namespaces = [`--user=/proc/${pid}/ns/user`, `--pid=/proc/${pid}/ns/pid_for_children`];
  const as = hostUser === undefined ? {} : { uid: hostUser, gid: hostUser };
  return async (signal) => {
    const command = [...namespaces, "--", "sh", "-c", `kill -${signal} -1 2>/dev/null || true`];
    await promisify(execFile)("nsenter", command, {
      env: { PATH: process.env.PATH },
      cwd: "/",
      timeout: SIGNAL_LIMIT_MS,
      ...as,
    });
  };
}
