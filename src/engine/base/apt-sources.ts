import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * The host's own sources of packages for a suite, as lines of sources.list: those of the distribution,
 * not those that somebody added, whose keys a base does not have.
 * @param etc where apt is configured @default "/etc/apt"
 * @returns none when the host has another distribution, or gets its packages in a way that works on it alone
 */
export async function aptSources(suite: string, etc = "/etc/apt"): Promise<string[]> {
  const folder = join(etc, "sources.list.d");
  const names = (await readdir(folder).catch(() => [])).sort();
  const files = [join(etc, "sources.list"), ...names.map((name) => join(folder, name))];
  const lines = await Promise.all(files.map(readSources));
  const wanted = lines.flat().filter((source) => isOwn(source, suite));
  return [...new Set(wanted.map(asLine))];
}

interface Source {
  uri: string;
  suite: string;
  components: string;
  signedBy: string | undefined;
}

async function readSources(file: string): Promise<Source[]> {
  if (!/\.(list|sources)$/.test(file)) return [];
  const text = await readFile(file, "utf8").catch(() => "");
  const lines = text.split("\n").filter((line) => !line.trimStart().startsWith("#"));
  return file.endsWith(".list") ? lines.flatMap(fromLine) : fromStanzas(lines.join("\n"));
}

/** `deb [signed-by=/key] http://mirror suite main contrib` */
function fromLine(line: string): Source[] {
  const match = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s+(.+)$/.exec(line);
  if (match === null) return [];
  const [, options = "", uri = "", suite = "", components = ""] = match;
  const signedBy = /(?:^|\s)signed-by=(\S+)/i.exec(options)?.[1];
  return [{ uri, suite, components: components.trim(), signedBy }];
}

/** Stanzas of `Name: value`, whose values may go on in lines that begin with a blank (deb822). */
function fromStanzas(text: string): Source[] {
  return text.split(/\n\s*\n/).flatMap((stanza) => {
    const fields = new Map<string, string>();
    for (const [, name = "", value = ""] of stanza.matchAll(/^([\w-]+):((?:.*)(?:\n[ \t].*)*)/gm)) {
      fields.set(name.toLowerCase(), value.trim());
    }
    const words = (name: string) => (fields.get(name) ?? "").split(/\s+/).filter(Boolean);
    if (!words("types").includes("deb") || /^(no|false)$/i.test(fields.get("enabled") ?? ""))
      return [];
    const signedBy = fields.get("signed-by");
    const components = words("components").join(" ");
    return words("uris").flatMap((uri) =>
      words("suites").map((suite) => ({ uri, suite, components, signedBy })),
    );
  });
}

function isOwn({ uri, suite, signedBy }: Source, wanted: string): boolean {
  return (
    /^https?:/.test(uri) &&
    (suite === wanted || suite.startsWith(`${wanted}-`)) &&
    (signedBy === undefined ||
      /^\/usr\/share\/keyrings\/(debian|ubuntu)-archive-keyring\.\w+$/.test(signedBy))
  );
}

function asLine({ uri, suite, components, signedBy }: Source): string {
  const options = signedBy === undefined ? "" : `[signed-by=${signedBy}] `;
  return `deb ${options}${uri} ${suite} ${components}`;
}
