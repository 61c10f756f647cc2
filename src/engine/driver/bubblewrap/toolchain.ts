import { chmod, cp, link, mkdir, realpath, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { everyoneMayPass } from "../../../host/everyone-may-pass.ts";

/** Programs that are bound into every box, and links to them. */
export interface Toolchain {
  binds: ReadonlyArray<{ source: string; target: string }>;
  links: ReadonlyArray<{ path: string; target: string }>;
}

/** Where a box finds Node; its `bin` is on the PATH. */
const TARGET = "/opt/node";
/** When a box has all it needs. */
export const NO_TOOLCHAIN: Toolchain = { binds: [], links: [] };

/** The packages that come with Node, and their commands. */
const PACKAGES: Record<string, Record<string, string>> = {
  npm: { npm: "bin/npm-cli.js", npx: "bin/npx-cli.js" },
  corepack: { corepack: "dist/corepack.js" },
};

/**
 * Boxes see the host's `/usr`. A Node that stands elsewhere (nvm, volta, a tarball) is bound in under
 * `/opt/node`: the program and its own packages and nothing that stands beside them, since its prefix
 * may be `~/.local` or a whole home. Where the boxes' user cannot reach it (below /root), a
 * hard-linked copy is bound.
 */
export async function findToolchain(options: {
  data: string;
  /** Whether boxes run as other users than the engine's own. */
  separateUsers: boolean;
  /** @default the Node that runs the engine */
  execPath?: string | undefined;
  /** Whether the boxes have the host's `/usr`. */
  shareUsr: boolean;
}): Promise<Toolchain> {
  const execPath = options.execPath ?? process.execPath;
  if (options.shareUsr && execPath.startsWith("/usr/")) return NO_TOOLCHAIN;
  const binds = [{ source: execPath, target: `${TARGET}/bin/node` }];
  const links: Array<{ path: string; target: string }> = [];
  for (const [name, commands] of Object.entries(PACKAGES)) {
    const folder = join("lib", "node_modules", name);
    const source = await realpath(join(dirname(dirname(execPath)), folder)).catch(() => null);
    if (source === null) continue;
    binds.push({ source, target: `${TARGET}/${folder}` });
    for (const [command, file] of Object.entries(commands)) {
      links.push({ path: `${TARGET}/bin/${command}`, target: `../${folder}/${file}` });
    }
  }
  if (options.separateUsers) {
    for (const bind of binds) bind.source = await reachable(bind.source, bind.target, options.data);
  }
  return { binds, links };
}

/** The path itself if every user may pass to it, or else a copy. */
async function reachable(source: string, target: string, data: string): Promise<string> {
  if (await everyoneMayPass(source)) return source;
  const shared = join(data, "shared");
  const copy = join(shared, target.slice(1));
  await mkdir(dirname(copy), { recursive: true });
  for (let folder = dirname(copy); folder !== shared; folder = dirname(folder)) {
    await chmod(folder, 0o755);
  }
  await rm(copy, { recursive: true, force: true });
  if ((await stat(source)).isDirectory()) {
    await cp(source, copy, { recursive: true, verbatimSymlinks: true });
  } else {
    await linkOrCopy(source, copy);
  }
  return copy;
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  await link(from, to).catch(() => cp(from, to));
}
