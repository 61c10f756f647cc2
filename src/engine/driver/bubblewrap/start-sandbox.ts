import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import type { Duplex } from "node:stream";
import { BoxdConnection } from "../../boxd/index.ts";
import { EngineError } from "../../engine-error.ts";
import type { NetworkMode, Sandbox } from "../driver.ts";
import { BoxNetwork } from "../network/box-network.ts";
import { NETWORK_REMEDY } from "../network/network-modes.ts";
import { DESCRIPTORS } from "./arguments.ts";
import { diagnose } from "./diagnose.ts";
import { keepMounts } from "./keep-mounts.ts";

/** A box that has not answered by then will not: a cold one answers within tens of milliseconds. */
const START_LIMIT_MS = 20_000;
/** After the connection is closed boxd ends itself at once; this is for a boxd that hangs. */
const STOP_LIMIT_MS = 2_000;
/** Enough of bwrap's own words for the reason of a failure. */
const DIAGNOSTIC_BYTES = 4_096;

export interface SandboxStart {
  /** The whole command line, from the program on, and its environment beside the PATH. */
  argv: readonly string[];
  /** What stands before it and runs as the engine's own user; nothing, or what mounts the box's disk. */
  before: readonly string[];
  variables: Readonly<Record<string, string>>;
  /** The compiled system call filter. */
  filter: string;
  /** Run as this user of the host; undefined: as the engine's own. */
  hostUser: number | undefined;
  /** Whether the command line makes itself that user. */
  becomesUser?: boolean;
  /** What it may reach; undefined: it has a network namespace of bwrap's, which nothing can be joined to. */
  network: NetworkMode | undefined;
}

/** Starts a box with boxd in it and waits until boxd speaks and its network is there. */
export async function startSandbox(options: SandboxStart): Promise<StartedSandbox> {
  // Each start needs its own descriptor: the read position is shared between duplicates.
  const filter = openSync(options.filter, "r");
  const child = spawnBox(options, filter);
  // The child has its copy: spawn returns after the fork.
  closeSync(filter);
  // Listened to before anything is awaited: a program that is not there is told in the next turn.
  const said = collect(child);
  let startError: Error | undefined;
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", (error) => {
      startError = error;
      resolve();
    });
  });
  const network =
    options.network === undefined || child.pid === undefined
      ? undefined
      : new BoxNetwork(child.pid, options.hostUser);
  // Whoever stopped the box: its way out would stay, and hold its network namespace.
  const stopped = ended.then(() => network?.set("deny-all"));
  try {
    const [connection] = await Promise.all([
      connect(child, ended),
      options.network === "allow-all" && network && openNetwork(child, ended, network),
    ]);
    if (options.before.length > 0 && child.pid !== undefined) {
      void ended.then(keepMounts(child.pid));
    }
    return new BubblewrapSandbox(child, connection, stopped, network);
  } catch (error) {
    child.kill("SIGKILL");
    // Only now bwrap has said all that it had to say; a way out fails too when there is no box for it.
    await stopped;
    if (error instanceof EngineError && said() === "") throw error;
    throw diagnose(said() || (startError ?? (error as Error)).message, error);
  }
}

function spawnBox(options: SandboxStart, filter: number): ChildProcess {
  const stdio: Array<"ignore" | "pipe" | number> = ["ignore", "ignore", "pipe"];
  stdio[DESCRIPTORS.boxd] = "pipe";
  stdio[DESCRIPTORS.filter] = filter;
  if (options.network !== undefined) stdio[DESCRIPTORS.staged] = "pipe";
  const { before } = options;
  const hostUser = options.becomesUser ? undefined : options.hostUser;
  const isMounted = before.length > 0;
  const become = isMounted && hostUser !== undefined ? setpriv(hostUser) : [];
  const [program = "", ...rest] = [...before, ...become, ...options.argv];
  return spawn(program, rest, {
    stdio,
    env: { PATH: process.env.PATH, ...options.variables },
    cwd: "/",
    ...(isMounted || hostUser === undefined ? {} : { uid: hostUser, gid: hostUser }),
  });
}

function setpriv(user: number): string[] {
  return ["setpriv", "--reuid", `${user}`, "--regid", `${user}`, "--clear-groups", "--"];
}

/** Joins the way out as soon as the network namespace is there, beside the making of the rest. */
async function openNetwork(
  child: ChildProcess,
  ended: Promise<void>,
  network: BoxNetwork,
): Promise<void> {
  const staged = once(pipeAt(child, DESCRIPTORS.staged), "data").then(() => true);
  staged.catch(() => undefined);
  // A box that ended before has its reason told by what waits for its connection.
  if (await Promise.race([staged, ended.then(() => false)])) await network.set("allow-all");
}

async function connect(child: ChildProcess, ended: Promise<void>): Promise<BoxdConnection> {
  const failed = ended.then(() => {
    throw new Error("bwrap ended before the box answered");
  });
  // When it loses the race below, it must not become an unhandled rejection.
  failed.catch(() => undefined);
  const stream = pipeAt(child, DESCRIPTORS.boxd);
  const signal = AbortSignal.timeout(START_LIMIT_MS);
  return Promise.race([BoxdConnection.connect(stream, { signal }), failed]);
}

/** Node's type of a child knows five descriptors. */
function pipeAt(child: ChildProcess, descriptor: number): Duplex {
  return (child.stdio as ReadonlyArray<unknown>)[descriptor] as Duplex;
}

function collect(child: ChildProcess): () => string {
  let text = "";
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    text = (text + chunk).slice(-DIAGNOSTIC_BYTES);
  });
  return () => text;
}

/** A box, and the process that it was started as. */
export interface StartedSandbox extends Sandbox {
  readonly pid: number;
}

class BubblewrapSandbox implements StartedSandbox {
  readonly connection: BoxdConnection;
  readonly stopped: Promise<void>;
  readonly #child: ChildProcess;
  readonly #network: BoxNetwork | undefined;

  constructor(
    child: ChildProcess,
    connection: BoxdConnection,
    stopped: Promise<void>,
    network: BoxNetwork | undefined,
  ) {
    this.#child = child;
    this.#network = network;
    this.connection = connection;
    this.stopped = stopped;
    // A box must not keep a program alive that has nothing else to do.
    child.unref();
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async setNetwork(mode: NetworkMode): Promise<void> {
    if (this.#network !== undefined) return this.#network.set(mode);
    if (mode !== "deny-all") throw withoutNetwork();
  }

  async stop(): Promise<void> {
    this.connection.close();
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), STOP_LIMIT_MS);
    await this.stopped;
    clearTimeout(timer);
  }
}

function withoutNetwork(): EngineError {
  return new EngineError(
    501,
    "not_supported",
    `This box has no network of its own to open; ${NETWORK_REMEDY}.`,
  );
}
