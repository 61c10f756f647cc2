import { spawnSync } from "node:child_process";
import { type FileHandle, open } from "node:fs/promises";

/** The descriptor that flock(1) finds the file at. */
const LOCKED_DESCRIPTOR = 3;

/** A lock that is held, or the process that holds it. */
export type FileLock = { release: () => Promise<void> } | { heldBy: string };

/**
 * Takes a file for this process alone. The lock is flock(2)'s: it ends with the process that holds it,
 * however that ends, and holds between containers too.
 *
 * @param path made if it is not there; its folder must be
 */
export async function lockFile(path: string): Promise<FileLock> {
  const file = await open(path, "a+", 0o600);
  try {
    if (isLocked(file, path)) {
      await file.truncate();
      await file.write(`${process.pid}\n`);
      return { release: () => file.close() };
    }
    const heldBy = (await file.readFile("utf8")).trim() || "unknown";
    await file.close();
    return { heldBy };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Node has no flock. The lock is the open file's, which this process shares with the program. */
function isLocked(file: FileHandle, path: string): boolean {
  const { status, error } = spawnSync("flock", ["--nonblock", String(LOCKED_DESCRIPTOR)], {
    stdio: ["ignore", "ignore", "ignore", file.fd],
  });
  if (error === undefined && (status === 0 || status === 1)) return status === 0;
  throw new Error(
    `${path} cannot be locked (${error?.message ?? `flock ended with ${status}`}); install util-linux.`,
    { cause: error },
  );
}
