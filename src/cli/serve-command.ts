import { parseArgs } from "node:util";
import { readConfig } from "../app/config.ts";
import { serveApp } from "../app/serve-app.ts";
import { onStop } from "./on-stop.ts";

const HELP = `Usage: box-action serve

Runs the GitHub App. It is configured by environment variables; docs/operate.md has them all.
Prints one line of JSON with its URL when it listens.
`;

/** `box-action serve` */
export async function serveCommand(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { help: { type: "boolean", short: "h", default: false } },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const app = await serveApp(await readConfig(process.env));
  onStop((signal) => app.close(`The App was stopped (${signal}).`));
  process.stdout.write(`${JSON.stringify({ url: app.url })}\n`);
}
