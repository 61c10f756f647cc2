import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

/** `box-action …` as a process of its own. */
export interface CliProcess extends AsyncDisposable {
  child: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** The JSON document of the first line on standard output. */
  ready(): Promise<{ url: string }>;
  /** Waits for the end; `signal` is null unless it was ended by one. */
  exit(): Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/**
 * Starts the command from its sources.
 * @param env replaces the environment but for what node itself needs
 * @param before stands before it in the command line, and becomes it
 */
export function runCli(
  args: readonly string[],
  env: Record<string, string> = {},
  before: readonly string[] = [],
): CliProcess {
  const [program = "", ...rest] = [...before, process.execPath, "--import", "tsx", MAIN, ...args];
  const child = spawn(program, rest, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
  });
  let stdout = "";
  let stderr = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const closed = once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>;
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    async ready() {
      while (!stdout.includes("\n")) {
        const more = once(child.stdout as NodeJS.EventEmitter, "data");
        const [ended] = await Promise.race([more.then(() => [false]), closed.then(() => [true])]);
        if (ended) throw new Error(`box-action ended before it was ready: ${stderr}`);
      }
      return JSON.parse(stdout.split("\n")[0] ?? "");
    },
    async exit() {
      const [code, signal] = await closed;
      return { code, signal };
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
      await closed;
    },
  };
}
