import { execFile } from "node:child_process";
import { chmod, lstat, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { SUBUIDS } from "../../base/as-base-root.ts";

/**
 * Removes what a box left, also folders that it closed to their owner (mode 000), which a plain
 * removal fails at when the engine is not root, and files of a base's other users. Links are removed,
 * never followed.
 */
export async function removeTree(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true, maxRetries: 3 });
  } catch (first) {
    try {
      await openFolders(path);
      await rm(path, { recursive: true, force: true, maxRetries: 3 });
    } catch {
      await removeAsBaseRoot(path, first);
    }
  }
}

async function openFolders(path: string): Promise<void> {
  if (!(await lstat(path)).isDirectory()) return;
  await chmod(path, 0o700);
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entry.isDirectory()) await openFolders(join(path, entry.name));
  }
}

/** Only an engine that is not root needs it: root removes whatever there is. */
async function removeAsBaseRoot(path: string, cause: unknown): Promise<void> {
  const command = [...SUBUIDS, "--", "rm", "-rf", "--one-file-system", "--", path];
  const env = { PATH: process.env.PATH, LC_ALL: "C" };
  await promisify(execFile)("unshare", command, { env, cwd: "/" }).catch(() => {
    throw cause;
  });
}
