import { parseArgs } from "node:util";
import { listBases } from "../engine/base/bases.ts";
import { buildBase } from "../engine/base/build-base.ts";
import { removeBase } from "../engine/base/remove-base.ts";

const HELP = `Usage: box-action engine base build [options]
       box-action engine base list [--data FOLDER]
       box-action engine base remove ID [--data FOLDER]

A base is a Debian that boxes stand on, each with changes of its own, so that sudo and apt-get work in
them. New boxes stand on the newest base; those that exist keep theirs. Building takes about a minute and
400 MB, and needs mmdebstrap, and root or a range of users (uidmap, /etc/subuid). Prints one line of JSON a base.

  --data FOLDER     the engine's data folder (default ./data)
  --include A,B     packages to have beyond the usual ones; may be repeated
  --suite SUITE     the release, such as bookworm (default the host's own)
  --mirror MIRROR   where packages come from: a URL, or a line of sources.list (default the host's own)
`;

/** `box-action engine base` */
export async function engineBaseCommand(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      data: { type: "string", default: "./data" },
      include: { type: "string", multiple: true, default: [] },
      suite: { type: "string" },
      mirror: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const [verb, id, ...rest] = positionals;
  if (values.help) {
    process.stdout.write(HELP);
  } else if (verb === "build" && id === undefined) {
    const { data, suite, mirror } = values;
    const include = values.include
      .flatMap((names) => names.split(","))
      .filter((name) => name !== "");
    print(await buildBase({ data, include, suite, mirror }));
  } else if (verb === "list" && id === undefined) {
    for (const base of listBases(values.data)) print(base);
  } else if (verb === "remove" && id !== undefined && rest.length === 0) {
    await removeBase(values.data, id);
  } else {
    throw new Error(`base takes build, list or remove ID.\n\n${HELP}`);
  }
}

function print(base: object): void {
  process.stdout.write(`${JSON.stringify(base)}\n`);
}
