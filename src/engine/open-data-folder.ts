import { spawnSync } from "node:child_process";
import { chmod, type FileHandle, mkdir, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { EngineError } from "./engine-error.ts";

/** The descriptor that flock(1) finds the file at. */
const LOCKED_DESCRIPTOR = 3;

/**
 * Makes the data folder if it is not there, and takes it for this engine alone. The lock is flock(2)'s:
 * it ends with the process that holds it, however that ends, and holds between containers too.
 *
 * @returns what gives the folder back
 * @throws EngineError `data_in_use` when another engine has it
 */
export async function openDataFolder(data: string): Promise<() => Promise<void>> {
  await makePassable(data);
  const path = join(data, "engine.lock");
  const file = await open(path, "a+", 0o600);
  try {
    await lock(file, data);
    await file.truncate();
    await file.write(`${process.pid}\n`);
  } catch (error) {
    await file.close();
    throw error;
  }
  return () => file.close();
}

/** Node has no flock. The lock is the open file's, which this process shares with the program. */
async function lock(file: FileHandle, data: string): Promise<void> {
  const { status, error } = spawnSync("flock", ["--nonblock", String(LOCKED_DESCRIPTOR)], {
    stdio: ["ignore", "ignore", "ignore", file.fd],
  });
  if (status === 0) return;
  if (error !== undefined || status !== 1) {
    throw new EngineError(
      503,
      "sandbox_unavailable",
      `The data folder ${data} cannot be locked (${error?.message ?? `flock ended with ${status}`}); install util-linux.`,
      { cause: error },
    );
  }
  const owner = (await file.readFile("utf8")).trim();
  throw new EngineError(
    503,
    "data_in_use",
    `Another engine (process ${owner || "unknown"}) uses the data folder ${data}; stop it, or choose another with --data.`,
  );
}

/** The boxes of a root engine have users of their own, who must pass through folders that it makes. */
async function makePassable(data: string): Promise<void> {
  const firstMade = await mkdir(data, { recursive: true });
  if (firstMade === undefined || process.getuid?.() !== 0) return;
  for (let folder = data; folder.length >= firstMade.length; folder = dirname(folder)) {
    await chmod(folder, 0o711);
  }
}
