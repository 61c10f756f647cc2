import { posix } from "node:path";
import type { FileEntry } from "../../box/wire.ts";
import type { BoxdConnection, BoxdEntry, BoxdStat } from "../boxd/index.ts";
import { boxPath } from "../paths.ts";
import { fileWork } from "./file-work.ts";

/**
 * The entries of a folder, by name. A link to a directory counts as one: clients download what is
 * none. Each `path` may be handed to every other file request.
 * @throws EngineError 404, 403, 400
 */
export async function listFolder(
  { files }: BoxdConnection,
  folder: string | undefined,
): Promise<FileEntry[]> {
  const parent = boxPath(folder);
  const found: BoxdEntry[] = [];
  await fileWork(folder ?? ".", async () => {
    for await (const entry of files.list(parent)) found.push(entry);
  });
  found.sort((a, b) => (a.name < b.name ? -1 : 1));
  const entries: FileEntry[] = [];
  for (const entry of found) {
    const path = posix.join(parent, entry.name);
    const isLink = entry.type === "symlink";
    // A link that leads nowhere is shown as it is.
    const target = isLink ? await files.stat(path).catch(() => entry) : entry;
    entries.push({ ...fileEntry(entry.name, path, target), ...(isLink && { is_symlink: true }) });
  }
  return entries;
}

function fileEntry(name: string, path: string, { type, size, mtimeNanoseconds }: BoxdStat) {
  return { name, path, size, is_dir: type === "directory", mod_time: rfc3339(mtimeNanoseconds) };
}

/** RFC 3339 with milliseconds. */
export function rfc3339(nanoseconds: bigint): string {
  return new Date(Number(nanoseconds / 1_000_000n)).toISOString();
}
