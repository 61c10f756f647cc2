import { randomBytes } from "node:crypto";
import { harnessFolder } from "../../dev/harness-folder.ts";
import { runCli } from "../../test/support/run-cli.ts";
import { temporaryFolder } from "../../test/support/temporary-folder.ts";

/** An engine in a process of its own, so that what it costs is not taken for its clients'. */
export interface EngineProcess extends AsyncDisposable {
  connection: { baseUrl: string; apiKey: string };
  pid: number;
}

/**
 * Starts `box-action engine` on a folder of its own.
 * @param env beside what Node itself needs
 */
export async function engineProcess(env: Record<string, string> = {}): Promise<EngineProcess> {
  const folder = await temporaryFolder();
  const apiKey = randomBytes(16).toString("hex");
  const options = ["--port", "0", "--data", folder.path, "--harnesses", harnessFolder()];
  const cli = runCli(["engine", ...options], { BOX_ENGINE_API_KEY: apiKey, ...env });
  const dispose = async () => {
    cli.child.kill("SIGTERM");
    await cli.exit();
    await folder[Symbol.asyncDispose]();
  };
  try {
    const { url } = await cli.ready();
    return {
      connection: { baseUrl: url, apiKey },
      pid: cli.child.pid as number,
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}
