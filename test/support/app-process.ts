import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { agentScript } from "./agent-script.ts";
import { type CliProcess, runCli } from "./run-cli.ts";
import type { TestGitHub } from "./test-github.ts";

export interface AppProcess extends AsyncDisposable {
  cli: CliProcess;
  url: string;
  /** As the kernel does it when memory runs out: nothing can be put in order before. */
  kill(): Promise<void>;
}

/**
 * Ways to start `box-action serve` as a process of its own, again and again on the same data.
 * @param folder where the agent's program and the App's data are
 */
export async function appProcesses(
  host: TestGitHub,
  folder: string,
  scenarios: Record<string, string>,
) {
  const program = join(folder, "agent.sh");
  const setAgent = (next: Record<string, string>) => writeFile(program, agentScript(next));
  await setAgent(scenarios);
  const data = join(folder, "data");
  return {
    data,
    /** What the agent does in boxes that Apps make which are started from now on. */
    setAgent,
    /** Deliveries go to the one that was started last. */
    async start(env: Record<string, string> = {}): Promise<AppProcess> {
      const cli = runCli(["serve"], {
        APP_ID: String(host.app.appId),
        PRIVATE_KEY: host.app.privateKey.replaceAll("\n", "\\n"),
        WEBHOOK_SECRET: host.app.webhookSecret ?? "",
        PORT: "0",
        GHE_HOST: new URL(host.github.url).host,
        GHE_PROTOCOL: "http",
        BOX_ACTION_DATA: data,
        BOX_HARNESS: "custom",
        BOX_CUSTOM_HARNESS: program,
        // What is left of a job is to be seen at once.
        BOX_ACTION_KEEP_BOX_HOURS: "0",
        LOG_LEVEL: "fatal",
        ...env,
      });
      try {
        const { url } = await cli.ready();
        host.github.setWebhook(host.app, `${url}/api/github/webhooks`);
        return {
          cli,
          url,
          async kill() {
            cli.child.kill("SIGKILL");
            await cli.exit();
          },
          [Symbol.asyncDispose]: () => cli[Symbol.asyncDispose](),
        };
      } catch (error) {
        await cli[Symbol.asyncDispose]();
        throw error;
      }
    },
  };
}
