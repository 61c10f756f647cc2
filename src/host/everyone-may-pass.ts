import { stat } from "node:fs/promises";
import { dirname } from "node:path";

/** Whether users other than the owner may pass through every folder of a path. */
export async function everyoneMayPass(path: string): Promise<boolean> {
  for (let folder = path; ; folder = dirname(folder)) {
    if (((await stat(folder)).mode & 0o001) === 0) return false;
    if (folder === "/") return true;
  }
}
