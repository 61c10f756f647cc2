import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

/** Whoever fetches with a depth writes this file, and nobody else. */
const SHALLOW_LOCK = "shallow.lock";

/**
 * Removes the locks that a killed git has left in a bare repository; every later git would fail at them,
 * for ever. To be called by whoever alone may fetch into it. That is safe because a data folder belongs
 * to one process: nobody else's git is at work there but, for some seconds, that of a process which has
 * died just now, and what this one does then is done again (`isOutage`).
 *
 * @param refs the folder below `folder` where the caller's own refs are
 */
export async function removeStaleLocks(folder: string, refs: string): Promise<void> {
  // Others of this process may hold the rest at this moment: only what is older than it is left over.
  const processStart = Date.now() - process.uptime() * 1_000;
  for (const place of [folder, join(folder, refs)]) {
    const names = await readdir(place).catch(() => []);
    for (const name of names.filter((each) => each.endsWith(".lock"))) {
      const path = join(place, name);
      if (name === SHALLOW_LOCK || (await changedAt(path)) < processStart) {
        await rm(path, { force: true });
      }
    }
  }
}

async function changedAt(path: string): Promise<number> {
  return (await stat(path).catch(() => null))?.mtimeMs ?? Number.POSITIVE_INFINITY;
}
