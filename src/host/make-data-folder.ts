import { chmod, mkdir } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Makes the data folder if it is not there. The boxes of a root engine have users of their own, who must
 * pass through folders that it makes.
 */
export async function makeDataFolder(data: string): Promise<void> {
  const firstMade = await mkdir(data, { recursive: true });
  if (firstMade === undefined || process.getuid?.() !== 0) return;
  for (let folder = data; folder.length >= firstMade.length; folder = dirname(folder)) {
    await chmod(folder, 0o711);
  }
}
