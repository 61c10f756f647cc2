import { parseArgs } from "node:util";
import { ModelKeys } from "../engine/gateway/model-keys.ts";
import { readSecret } from "./read-secret.ts";
import { table } from "./table.ts";

const HELP = `Usage: box-action engine keys list [options]
       box-action engine keys set PROVIDER [--url URL] [options]
       box-action engine keys remove PROVIDER [options]

The keys with which models are asked. set reads the key from standard input, or asks for it at a terminal;
it is stored in the data folder, readable for the engine's user alone, and used from the next run on. Boxes
never see it. A stored key wins over one in the engine's environment (ANTHROPIC_API_KEY, OPENAI_API_KEY,
OPENROUTER_API_KEY, AI_GATEWAY_API_KEY, OPENCODE_API_KEY).

  --data FOLDER   the engine's data folder (default ./data)
  --url URL       where the provider is asked. Any other name than the known ones is a server that speaks as
                  OpenAI's does, such as vLLM: keys set local --url http://127.0.0.1:8000; its models are
                  then local/NAME, and it needs no key
  --no-key        store no key, only the URL
  --json          print one line of JSON for each
`;

/** `box-action engine keys` */
export async function engineKeysCommand(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      data: { type: "string", default: "./data" },
      url: { type: "string" },
      "no-key": { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const [verb, provider, ...rest] = positionals;
  const keys = new ModelKeys(values.data);
  if (values.help) {
    process.stdout.write(HELP);
  } else if (verb === "list" && provider === undefined) {
    await list(keys, values.json);
  } else if (verb === "set" && provider !== undefined && rest.length === 0) {
    const key = values["no-key"] ? "" : await readSecret(`Key for ${provider}: `);
    if (key === "" && values.url === undefined) {
      throw new Error("no key was given; pipe it in, or name a server with --url.");
    }
    await keys.set(provider, { ...(key === "" ? {} : { key }), baseUrl: values.url });
  } else if (verb === "remove" && provider !== undefined && rest.length === 0) {
    if (!(await keys.remove(provider))) throw new Error(`nothing is stored for ${provider}.`);
  } else {
    throw new Error(`keys takes list, set PROVIDER or remove PROVIDER.\n\n${HELP}`);
  }
}

async function list(keys: ModelKeys, asJson: boolean): Promise<void> {
  const all = await keys.list();
  if (asJson) {
    for (const status of all) process.stdout.write(`${JSON.stringify(status)}\n`);
    return;
  }
  const rows = all.map(({ provider, base_url, key }) => [provider, key ?? "none", base_url]);
  process.stdout.write(table(["PROVIDER", "KEY", "URL"], rows));
}
