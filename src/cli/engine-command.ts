import { parseArgs } from "node:util";
import { serveEngine } from "../engine/serve-engine.ts";
import { onStop } from "./on-stop.ts";

const HELP = `Usage: box-action engine --api-key KEY [options]
       box-action engine base build|list|remove
       box-action engine keys list|set|remove
       box-action engine harness list|install

Serves the Box REST API from this machine. Prints one line of JSON with its URL when it listens.

  --port N              port to listen on, 0 for any (default 8787)
  --host ADDRESS        address to listen on (default 127.0.0.1)
  --api-key KEY         what clients must send (default: $BOX_ENGINE_API_KEY)
  --data FOLDER         where boxes are kept (default ./data)
  --allow-host HOST     HOST[:PORT] that clones and webhooks may reach although it is in a private
                        network, and that may be cloned from by plain http; may be repeated
  --allow-network CIDR  private network or address of this host that boxes may reach, such as
                        192.168.1.0/24; may be repeated (default none)
  --harnesses FOLDER    where the agents' programs are installed (default harnesses in the data folder)
  --agent NAME=COMMAND  a program that speaks box-sse-v1, and its arguments, to be run in boxes in the
                        place of the agent NAME, such as claude-code; may be repeated
  --preview-url URL     the form of public URLs behind a reverse proxy, such as
                        https://{id}-{port}.preview.example.com (default: a port of its own for each)
  --idle-pause MINUTES  pause boxes that have had nothing to do for so long, 0 for never (default 30)

Models are asked with keys that were stored (engine keys), or with those in $ANTHROPIC_API_KEY,
$OPENAI_API_KEY, $OPENROUTER_API_KEY, $AI_GATEWAY_API_KEY and $OPENCODE_API_KEY.
$BOX_ENGINE_WEBHOOK_SECRET signs webhooks; without it a key made from the API key does (docs/webhooks.md).
`;

/** `box-action engine` */
export async function engineCommand(args: string[]): Promise<void> {
  const [verb = "", ...rest] = args;
  if (verb === "base") return (await import("./engine-base-command.ts")).engineBaseCommand(rest);
  if (verb === "keys") return (await import("./engine-keys-command.ts")).engineKeysCommand(rest);
  if (verb === "harness") {
    return (await import("./engine-harness-command.ts")).engineHarnessCommand(rest);
  }
  const { values } = parseArgs({
    args,
    options: {
      port: { type: "string", default: "8787" },
      host: { type: "string", default: "127.0.0.1" },
      "api-key": { type: "string" },
      data: { type: "string", default: "./data" },
      "allow-host": { type: "string", multiple: true, default: [] },
      "allow-network": { type: "string", multiple: true, default: [] },
      harnesses: { type: "string" },
      agent: { type: "string", multiple: true, default: [] },
      "preview-url": { type: "string" },
      "idle-pause": { type: "string", default: "30" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const apiKey = values["api-key"] ?? process.env.BOX_ENGINE_API_KEY;
  if (!apiKey) throw new Error("an API key is needed: pass --api-key or set BOX_ENGINE_API_KEY.");
  const engine = await serveEngine({
    port: portNumber(values.port),
    host: values.host,
    apiKey,
    data: values.data,
    allowedHosts: values["allow-host"],
    allowedNetworks: values["allow-network"],
    harnesses: values.harnesses,
    agentPrograms: Object.fromEntries(values.agent.map(agentProgram)),
    previewUrl: values["preview-url"],
    idlePauseMs: minutes(values["idle-pause"]) * 60_000,
    webhookSecret: process.env.BOX_ENGINE_WEBHOOK_SECRET || undefined,
    onError: (error) => process.stderr.write(`${(error as Error).stack}\n`),
  });
  onStop(() => engine.close());
  process.stdout.write(`${JSON.stringify({ url: engine.url })}\n`);
  // Boxes that cannot be made are said at once, and not only when somebody wants one.
  const warnings = await engine.check().catch((error: Error) => [error.message]);
  for (const warning of warnings) process.stderr.write(`warning: ${warning}\n`);
}

/** The command is cut at blanks, and nothing else is done to it: a program that needs more is a script. */
function agentProgram(text: string): [name: string, program: { command: string; args: string[] }] {
  const [, name, line = ""] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  const [command, ...args] = line.split(/\s+/).filter((word) => word !== "");
  if (name !== undefined && command !== undefined) return [name, { command, args }];
  throw new Error(`--agent must be NAME=COMMAND, such as claude-code=my-agent, got ${text}.`);
}

function portNumber(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new Error(`--port must be a number from 0 to 65535, got ${text}.`);
}

/** Seven days: more than a timer of Node can count are 24. */
const LONGEST_IDLE_MINUTES = 7 * 24 * 60;

function minutes(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= 0 && value <= LONGEST_IDLE_MINUTES) return value;
  throw new Error(
    `--idle-pause must be a number of minutes from 0 to ${LONGEST_IDLE_MINUTES}, got ${text}.`,
  );
}
