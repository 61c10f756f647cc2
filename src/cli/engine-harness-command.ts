import { join } from "node:path";
import { parseArgs } from "node:util";
import { HARNESSES } from "../engine/harness/harnesses.ts";
import { HarnessPrograms } from "../engine/harness/install/harness-programs.ts";
import { table } from "./table.ts";

const HELP = `Usage: box-action engine harness list [options]
       box-action engine harness install NAME [options]

The agents' programs: ${[...HARNESSES.keys()].join(", ")}. The engine installs each from npm, in one pinned
version, when a box first needs it; install does so beforehand. They take 180 to 400 MB each.

  --data FOLDER   the engine's data folder (default ./data)
  --json          print one line of JSON for each
`;

/** `box-action engine harness` */
export async function engineHarnessCommand(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      data: { type: "string", default: "./data" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const [verb, name, ...rest] = positionals;
  const programs = new HarnessPrograms(join(values.data, "harnesses"));
  if (values.help) {
    process.stdout.write(HELP);
  } else if (verb === "list" && name === undefined) {
    await list(programs, values.json);
  } else if (verb === "install" && name !== undefined && rest.length === 0) {
    const harness = HARNESSES.get(name);
    if (harness === undefined) {
      throw new Error(
        `there is no harness ${name}; there are ${[...HARNESSES.keys()].join(", ")}.`,
      );
    }
    await programs.ensure(harness, (message) => process.stderr.write(`${message}\n`));
  } else {
    throw new Error(`harness takes list or install NAME.\n\n${HELP}`);
  }
}

async function list(programs: HarnessPrograms, asJson: boolean): Promise<void> {
  const all = await programs.list();
  if (asJson) {
    for (const status of all) process.stdout.write(`${JSON.stringify(status)}\n`);
    return;
  }
  const rows = all.map(({ harness, version, installed, folder }) => [
    harness,
    version,
    installed ? folder : "not installed",
  ]);
  process.stdout.write(table(["HARNESS", "VERSION", "WHERE"], rows));
}
