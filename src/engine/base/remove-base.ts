import { existsSync, readdirSync, readFileSync } from "node:fs";
import { rename } from "node:fs/promises";
import { join, resolve } from "node:path";
import { removeTree } from "../driver/bubblewrap/remove-tree.ts";
import { EngineError } from "../engine-error.ts";
import { openDataFolder } from "../open-data-folder.ts";
import { basesFolder } from "./bases.ts";

/**
 * Removes a base that no box and no snapshot stands on. No engine may use the data folder meanwhile.
 *
 * @throws EngineError 404 when there is none of that id, 409 when something stands on it, `data_in_use`
 *   when an engine runs
 */
export async function removeBase(data: string, id: string): Promise<void> {
  const unlock = await openDataFolder(resolve(data));
  try {
    const folder = join(basesFolder(resolve(data)), id);
    if (!/^[\w-]+$/.test(id) || !existsSync(folder)) {
      throw new EngineError(
        404,
        "not_found",
        `There is no base ${id}; list them with: box-action engine base list.`,
      );
    }
    const users = standingOn(resolve(data), id);
    if (users.length > 0) {
      throw new EngineError(
        409,
        "base_in_use",
        `${users.length} boxes and snapshots stand on base ${id} (${users[0]}); delete them first.`,
      );
    }
    // First: a base that is removed by half must not be one that boxes are made on.
    const gone = join(basesFolder(resolve(data)), `.building-${id}`);
    await rename(folder, gone);
    await removeTree(gone);
  } finally {
    await unlock();
  }
}

/** Each disk and each layer on a base says which one it is. */
function standingOn(data: string, base: string): string[] {
  const folders = [
    ...names(join(data, "boxes")).map((name) => join("boxes", name, "disk")),
    ...names(join(data, "layers")).map((name) => join("layers", name)),
  ];
  return folders.filter((folder) => baseOf(join(data, folder)) === base);
}

function baseOf(folder: string): string | undefined {
  try {
    return readFileSync(join(folder, "base"), "utf8").trim();
  } catch {
    return undefined;
  }
}

function names(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
