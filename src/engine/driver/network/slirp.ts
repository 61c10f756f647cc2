import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Socket } from "node:net";
import type { Readable } from "node:stream";
import { diagnose } from "../bubblewrap/diagnose.ts";

/** The addresses that slirp4netns itself answers at: the gateway and the name server. */
export const SLIRP = { own: "10.0.2.2/31", nameServer: "10.0.2.3", device: "tap0" } as const;

/** What it must survive without before it is given up: it is ready within 4 ms. */
const START_LIMIT_MS = 10_000;
/** Enough of its own words for the reason of a failure. */
const DIAGNOSTIC_BYTES = 2_048;
/** The largest that slirp4netns takes; at 1500 a download is four times slower. */
const MTU = 65_520;
/** It parses packets that a box makes up, so it gives up the file system and most system calls. */
const HARDENING = ["--enable-sandbox", "--enable-seccomp"];
const CANNOT_HARDEN = /sandbox|seccomp|pivot_root|mount/;
const EXIT_DESCRIPTOR = 3;
const READY_DESCRIPTOR = 4;
const ARGUMENTS = [
  "--configure",
  `--mtu=${MTU}`,
  "--disable-host-loopback",
  `--exit-fd=${EXIT_DESCRIPTOR}`,
  `--ready-fd=${READY_DESCRIPTOR}`,
];

/** The way out of one box: a process on the host that forwards its connections as its own. */
export interface Slirp {
  /** Resolves when it has ended, whoever ended it. */
  readonly stopped: Promise<void>;
  /** Ends it; the box's device is gone with it, and so are all connections. */
  stop(): Promise<void>;
}

/**
 * Gives the network namespace of a process the way out. It ends with the engine, also with one that is
 * killed: its exit descriptor is closed then.
 * @param pid whose namespaces it joins
 * @param hostUser who it runs as: the owner of the namespaces; undefined: the engine's own user
 * @throws EngineError `sandbox_unavailable` with the reason and the remedy
 */
export async function startSlirp(pid: number, hostUser: number | undefined): Promise<Slirp> {
  const hardened = await attempt([...HARDENING, String(pid)], hostUser);
  if (typeof hardened !== "string") return hardened;
  // A container's own restrictions may forbid what it shuts itself in with.
  const plain = CANNOT_HARDEN.test(hardened) ? await attempt([String(pid)], hostUser) : hardened;
  if (typeof plain !== "string") return plain;
  throw diagnose(plain || "slirp4netns did not become ready");
}

/** The running process, or what it said when it ended instead. */
async function attempt(
  last: readonly string[],
  hostUser: number | undefined,
): Promise<Slirp | string> {
  const child = spawn("slirp4netns", [...ARGUMENTS, ...last, SLIRP.device], {
    // Its standard output repeats what the ready descriptor says.
    stdio: ["ignore", "ignore", "pipe", "pipe", "pipe"],
    env: { PATH: process.env.PATH },
    cwd: "/",
    ...(hostUser === undefined ? {} : { uid: hostUser, gid: hostUser }),
  });
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-DIAGNOSTIC_BYTES);
  });
  const stopped = new Promise<void>((resolve) => {
    child.once("error", (error) => {
      said ||= error.message;
      resolve();
    });
    child.once("close", () => resolve());
  });
  if (await isReady(child, stopped)) return new SlirpProcess(child, stopped);
  child.kill("SIGKILL");
  await stopped;
  return said;
}

async function isReady(child: ChildProcess, stopped: Promise<void>): Promise<boolean> {
  const signal = AbortSignal.timeout(START_LIMIT_MS);
  const ready = once(child.stdio[READY_DESCRIPTOR] as Readable, "data", { signal });
  return Promise.race([
    ready.then(
      () => true,
      () => false,
    ),
    stopped.then(() => false),
  ]);
}

class SlirpProcess implements Slirp {
  readonly stopped: Promise<void>;
  readonly #child: ChildProcess;

  constructor(child: ChildProcess, stopped: Promise<void>) {
    this.#child = child;
    this.stopped = stopped;
    // A box must not keep a program alive that has nothing else to do.
    child.unref();
    for (const stream of child.stdio) (stream as Socket | null)?.unref();
  }

  async stop(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.stopped;
  }
}
