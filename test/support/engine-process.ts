import { readdirSync, readFileSync } from "node:fs";
import { Box } from "../../src/box/index.ts";
import { callEngine } from "./call-engine.ts";
import { runCli } from "./run-cli.ts";

const apiKey = "key";

/**
 * An engine in a process of its own, which can be killed.
 * @param before stands before it in the command line, and becomes it
 * @param options further options of the command
 */
export async function engineProcess(
  data: string,
  before: readonly string[] = [],
  options: readonly string[] = [],
) {
  const args = ["engine", "--port", "0", "--api-key", apiKey, "--data", data, ...options];
  const cli = runCli(args, {}, before);
  try {
    const { url } = await cli.ready();
    return {
      call: callEngine({ url, apiKey }),
      connection: { baseUrl: url, apiKey },
      boxes: async () => {
        const boxes = await Box.list({ baseUrl: url, apiKey });
        return Promise.all(boxes.map(({ id }) => Box.get(id, { baseUrl: url, apiKey })));
      },
      /** As the kernel does it when memory runs out: nothing can be put in order before. */
      async kill() {
        cli.child.kill("SIGKILL");
        await cli.exit();
      },
      stderr: () => cli.stderr(),
      /** What is in a folder, as the engine sees it: it may have mounts of its own. */
      files: (path: string) => readdirSync(`/proc/${cli.child.pid}/root${path}`).sort(),
      [Symbol.asyncDispose]: () => cli[Symbol.asyncDispose](),
    };
  } catch (error) {
    await cli[Symbol.asyncDispose]();
    throw error;
  }
}

/** Processes of this host that have the data folder on their command line. */
export function processesOf(data: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => read(`/proc/${pid}/cmdline`).replaceAll("\0", " "))
    .filter((command) => command.includes(data));
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
