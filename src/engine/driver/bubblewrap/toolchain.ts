import { cp, link, mkdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

/** A folder with programs that is bound into every box; its `bin` is on the PATH. */
export interface Toolchain {
  source: string;
  target: string;
}

/**
 * Boxes see the host's `/usr`. A Node that stands elsewhere (nvm, volta, a tarball) is bound in under
 * `/opt/node`; when the boxes' user cannot reach it (below /root), a hard-linked copy is.
 */
export async function findToolchains(options: {
  data: string;
  /** Whether boxes run as other users than the engine's own. */
  separateUsers: boolean;
  execPath?: string;
}): Promise<Toolchain[]> {
  const prefix = dirname(dirname(options.execPath ?? process.execPath));
  if (prefix === "/usr" || prefix.startsWith("/usr/")) return [];
  const target = "/opt/node";
  if (!options.separateUsers || (await everyoneMayPass(prefix))) {
    return [{ source: prefix, target }];
  }
  const copy = join(options.data, "shared", "node");
  await mkdir(join(copy, "bin"), { recursive: true });
  await linkOrCopy(join(prefix, "bin", "node"), join(copy, "bin", "node"));
  await cp(join(prefix, "lib", "node_modules"), join(copy, "lib", "node_modules"), {
    recursive: true,
    verbatimSymlinks: true,
  }).catch(() => undefined);
  for (const name of ["npm", "npx"]) {
    await cp(join(prefix, "bin", name), join(copy, "bin", name), { verbatimSymlinks: true }).catch(
      () => undefined,
    );
  }
  return [{ source: copy, target }];
}

/** Whether users other than the owner may pass through every folder of a path. */
export async function everyoneMayPass(path: string): Promise<boolean> {
  for (let folder = path; ; folder = dirname(folder)) {
    if (((await stat(folder)).mode & 0o001) === 0) return false;
    if (folder === "/") return true;
  }
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  await link(from, to).catch(() => cp(from, to));
}
