import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { fileURLToPath } from "node:url";
import { BoxdConnection } from "../../../../src/engine/boxd/index.ts";

export const nativeFolder = fileURLToPath(new URL("../../../../native/boxd/", import.meta.url));

/** A boxd that runs directly, in no box, on a socket pair. */
export interface TestBoxd {
  connection: BoxdConnection;
  child: ChildProcess;
  pid: number;
  /** Resolves with the exit code and what it said on stderr. */
  ended: Promise<{ code: number | null; stderr: string }>;
  /** Kibibytes. */
  residentSet(): number;
  [Symbol.asyncDispose](): Promise<void>;
}

/** `BOXD_TARGET=build/boxd-asan` runs the tests with the sanitizers. Builds the binary when its sources are newer; a lock keeps test files from building at once. */
export function buildBoxd(target = process.env.BOXD_TARGET ?? "build/boxd"): string {
  execFileSync("mkdir", ["-p", join(nativeFolder, "build")]);
  execFileSync("flock", [join(nativeFolder, "build"), "make", "-s", target], {
    cwd: nativeFolder,
    stdio: ["ignore", "ignore", "inherit"],
  });
  return join(nativeFolder, target);
}

/** Starts boxd without a client, for tests that speak the protocol themselves. */
export function spawnRaw(argv: readonly string[] = [buildBoxd()]): {
  child: ChildProcess;
  socket: Duplex;
  ended: Promise<{ code: number | null; stderr: string }>;
} {
  const [program = "", ...rest] = argv;
  const child = spawn(program, [...rest, "--fd", "3"], {
    stdio: ["ignore", "inherit", "pipe", "pipe"],
  });
  let stderr = "";
  child.stderr?.on("data", (chunk) => {
    stderr += chunk;
  });
  const ended = new Promise<{ code: number | null; stderr: string }>((resolve) => {
    child.on("close", (code) => resolve({ code, stderr }));
  });
  const socket = child.stdio[3] as Duplex;
  socket.on("error", () => {});
  return { child, socket, ended };
}

export async function spawnBoxd(argv?: readonly string[]): Promise<TestBoxd> {
  const { child, socket, ended } = spawnRaw(argv);
  const connection = await BoxdConnection.connect(socket);
  const pid = child.pid ?? 0;
  return {
    connection,
    child,
    pid,
    ended,
    residentSet: () => residentSet(pid),
    async [Symbol.asyncDispose]() {
      connection.close();
      await ended;
    },
  };
}

/** VmRSS in KiB. */
export function residentSet(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0);
}

/** Whether the process exists and is no zombie. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

/** Waits for a condition that something else brings about; the test's time limit is the limit. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5));
}
