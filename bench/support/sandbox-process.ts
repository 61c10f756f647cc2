import { readdir, readFile } from "node:fs/promises";

/** The processes of a running box as this host sees them. */
export interface SandboxProcess {
  /** The whole command line that the driver started bwrap with. */
  argv: string[];
  /** The user and group of this host that it runs as. */
  uid: number;
  gid: number;
  /** The box's pid 1, by its number outside. */
  init: number;
}

/** Finds the bwrap of a box in /proc, by the box's id in the paths that it mounts. */
export async function sandboxProcess(boxId: string): Promise<SandboxProcess> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    const argv = (await read(`/proc/${pid}/cmdline`)).split("\0").slice(0, -1);
    if (argv[0] !== "bwrap" || !argv.some((word) => word.includes(`/${boxId}/`))) continue;
    const status = await read(`/proc/${pid}/status`);
    const init = await childOf(pid, pids);
    if (init === undefined) continue;
    return { argv, uid: field(status, "Uid"), gid: field(status, "Gid"), init };
  }
  throw new Error(`The bwrap of box ${boxId} cannot be found in /proc.`);
}

async function childOf(parent: string, pids: readonly string[]): Promise<number | undefined> {
  for (const pid of pids) {
    if (String(field(await read(`/proc/${pid}/status`), "PPid")) === parent) return Number(pid);
  }
  return undefined;
}

function field(status: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1]);
}

/** A process may end while it is looked at. */
function read(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "");
}
