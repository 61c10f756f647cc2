import { chmod } from "node:fs/promises";
import { dirname } from "node:path";
import { everyoneMayPass } from "../../../host/everyone-may-pass.ts";
import { EngineError } from "../../engine-error.ts";

/**
 * Opens the data folder for the boxes' users to pass through.
 * @param firstMade the topmost of the folders that were made for the data folder, if any were
 * @throws EngineError 503 when a folder of the operator's own is in the way
 */
export async function requirePassable(data: string, firstMade: string | undefined): Promise<void> {
  await chmod(data, 0o711);
  if (firstMade !== undefined) {
    // Folders that the engine made are its own to open; all others are the operator's.
    for (let folder = data; folder.length > firstMade.length; folder = dirname(folder)) {
      await chmod(dirname(folder), 0o711);
    }
  }
  if (await everyoneMayPass(data)) return;
  throw new EngineError(
    503,
    "sandbox_unavailable",
    `Boxes of an engine that runs as root have users of their own, and these cannot reach the data folder ${data}. ` +
      "Choose one that every user may pass through, such as --data /var/lib/box-action.",
  );
}
