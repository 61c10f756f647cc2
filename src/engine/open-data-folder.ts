import { join } from "node:path";
import { lockFile } from "../host/lock-file.ts";
import { makeDataFolder } from "../host/make-data-folder.ts";
import { EngineError } from "./engine-error.ts";

/**
 * Makes the data folder if it is not there, and takes it for this engine alone.
 *
 * @returns what gives the folder back
 * @throws EngineError `data_in_use` when another engine has it
 */
export async function openDataFolder(data: string): Promise<() => Promise<void>> {
  await makeDataFolder(data);
  const lock = await lockFile(join(data, "engine.lock"));
  if ("release" in lock) return lock.release;
  throw new EngineError(
    503,
    "data_in_use",
    `Another engine (process ${lock.heldBy}) uses the data folder ${data}; stop it, or choose another with --data.`,
  );
}
