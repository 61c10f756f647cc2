import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { App } from "../../dev/github/index.ts";

const PROGRAM = fileURLToPath(new URL("bare-probot.ts", import.meta.url));

/** Starts `bare-probot.ts`. */
export async function bareProbotProcess(
  app: App,
): Promise<AsyncDisposable & { webhookUrl: string }> {
  const child = spawn(process.execPath, ["--import", "tsx", PROGRAM], {
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      PATH: process.env.PATH,
      APP_ID: String(app.appId),
      PRIVATE_KEY: app.privateKey,
      WEBHOOK_SECRET: app.webhookSecret,
    },
  });
  const ended = once(child, "exit");
  const [url] = await once(child.stdout, "data");
  return {
    webhookUrl: String(url).trim(),
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}
