import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import type { Duplex } from "node:stream";
import { BoxdConnection } from "../../boxd/index.ts";
import type { Sandbox } from "../driver.ts";
import { DESCRIPTORS } from "./arguments.ts";
import { diagnose } from "./diagnose.ts";

/** A box that has not answered by then will not: a cold one answers within tens of milliseconds. */
const START_LIMIT_MS = 20_000;
/** After the connection is closed boxd ends itself at once; this is for a boxd that hangs. */
const STOP_LIMIT_MS = 2_000;
/** Enough of bwrap's own words for the reason of a failure. */
const DIAGNOSTIC_BYTES = 4_096;

/** Starts bwrap with boxd in it and waits until boxd speaks. */
export async function startSandbox(options: {
  arguments: readonly string[];
  filter: string;
  /** Run as this user of the host; undefined: as the engine's own. */
  hostUser: number | undefined;
}): Promise<Sandbox> {
  // Each start needs its own descriptor: the read position is shared between duplicates.
  const filter = openSync(options.filter, "r");
  const child = spawnBubblewrap(options, filter);
  // The child has its copy: spawn returns after the fork.
  closeSync(filter);
  // Listened to before anything is awaited: a program that is not there is told in the next turn.
  const said = collect(child);
  let startError: Error | undefined;
  const stopped = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", (error) => {
      startError = error;
      resolve();
    });
  });
  try {
    return new BubblewrapSandbox(child, await connect(child, stopped), stopped);
  } catch (error) {
    child.kill("SIGKILL");
    // Only now bwrap has said all that it had to say.
    await stopped;
    throw diagnose(said() || (startError ?? (error as Error)).message, error);
  }
}

function spawnBubblewrap(
  options: { arguments: readonly string[]; hostUser: number | undefined },
  filter: number,
): ChildProcess {
  const stdio: Array<"ignore" | "pipe" | number> = ["ignore", "ignore", "pipe"];
  stdio[DESCRIPTORS.boxd] = "pipe";
  stdio[DESCRIPTORS.filter] = filter;
  return spawn("bwrap", options.arguments, {
    stdio,
    env: { PATH: process.env.PATH },
    cwd: "/",
    ...(options.hostUser === undefined ? {} : { uid: options.hostUser, gid: options.hostUser }),
  });
}

async function connect(child: ChildProcess, stopped: Promise<void>): Promise<BoxdConnection> {
  const ended = stopped.then(() => {
    throw new Error("bwrap ended before the box answered");
  });
  // When it loses the race below, it must not become an unhandled rejection.
  ended.catch(() => undefined);
  const stream = child.stdio[DESCRIPTORS.boxd] as Duplex;
  const signal = AbortSignal.timeout(START_LIMIT_MS);
  return Promise.race([BoxdConnection.connect(stream, { signal }), ended]);
}

function collect(child: ChildProcess): () => string {
  let text = "";
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    text = (text + chunk).slice(-DIAGNOSTIC_BYTES);
  });
  return () => text;
}

class BubblewrapSandbox implements Sandbox {
  readonly connection: BoxdConnection;
  readonly stopped: Promise<void>;
  readonly #child: ChildProcess;

  constructor(child: ChildProcess, connection: BoxdConnection, stopped: Promise<void>) {
    this.#child = child;
    this.connection = connection;
    this.stopped = stopped;
    // A box must not keep a program alive that has nothing else to do.
    child.unref();
  }

  async setNetwork(): Promise<void> {}

  async stop(): Promise<void> {
    this.connection.close();
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), STOP_LIMIT_MS);
    await this.stopped;
    clearTimeout(timer);
  }
}
