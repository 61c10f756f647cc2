import { randomBytes } from "node:crypto";
import type { App, DevGitHub } from "../../dev/github/index.ts";
import { runCli } from "../../test/support/run-cli.ts";
import { temporaryFolder } from "../../test/support/temporary-folder.ts";

/** An App in a process of its own, so that what it costs is not taken for its clients'. */
export interface AppProcess extends AsyncDisposable {
  /** Where deliveries go. */
  webhookUrl: string;
  /** Where it keeps what must not be lost. */
  data: string;
  pid: number;
  /** From the start of the process until it answered that it is ready. */
  readyMilliseconds: number;
}

/**
 * Starts `box-action serve`. Without an engine no job gets beyond its 👀: its boxes would come from a
 * service that is not there.
 * @param options.data a folder that is kept; none: one of its own
 */
export async function appProcess(
  github: DevGitHub,
  app: App,
  options: {
    databaseUrl?: string;
    data?: string;
    engine?: boolean;
    env?: Record<string, string>;
  } = {},
): Promise<AppProcess> {
  const folder = await temporaryFolder();
  const data = options.data ?? `${folder.path}/data`;
  const started = performance.now();
  const cli = runCli(["serve"], {
    APP_ID: String(app.appId),
    PRIVATE_KEY: app.privateKey.replaceAll("\n", "\\n"),
    WEBHOOK_SECRET: app.webhookSecret ?? "",
    PORT: "0",
    GHE_HOST: new URL(github.url).host,
    GHE_PROTOCOL: "http",
    BOX_ACTION_DATA: data,
    ...(options.engine
      ? {}
      : {
          UPSTASH_BOX_BASE_URL: "http://127.0.0.1:9",
          UPSTASH_BOX_API_KEY: randomBytes(16).toString("hex"),
        }),
    LOG_LEVEL: "fatal",
    ...(options.databaseUrl === undefined ? {} : { DATABASE_URL: options.databaseUrl }),
    ...options.env,
  });
  const dispose = async () => {
    cli.child.kill("SIGTERM");
    await cli.exit();
    await folder[Symbol.asyncDispose]();
  };
  try {
    const { url } = await cli.ready();
    while ((await fetch(`${url}/readyz`)).status !== 200);
    return {
      webhookUrl: `${url}/api/github/webhooks`,
      data,
      pid: cli.child.pid as number,
      readyMilliseconds: performance.now() - started,
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}
