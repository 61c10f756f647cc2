import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";

/** Whether the engine finds a program on its PATH. */
export async function isOnPath(program: string): Promise<boolean> {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const tries = folders.map((folder) => access(join(folder, program), constants.X_OK));
  return Promise.any(tries).then(
    () => true,
    () => false,
  );
}
