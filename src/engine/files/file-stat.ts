import type { FileStat } from "../../box/wire.ts";
import type { BoxdStat } from "../boxd/index.ts";
import { rfc3339 } from "./list-folder.ts";

const TYPES: Record<string, FileStat["type"]> = {
  file: "file",
  directory: "directory",
  symlink: "symlink",
};

/** What `GET /{id}/files/stat` answers. */
export function fileStat({ type, size, mtimeNanoseconds, inode = 0n }: BoxdStat): FileStat {
  return {
    type: TYPES[type] ?? "other",
    size,
    mod_time: rfc3339(mtimeNanoseconds),
    inode: Number(inode),
    // A write replaces the file, so that the inode changes even within one tick of the clock.
    version: [inode, mtimeNanoseconds, size].map((part) => part.toString(36)).join("-"),
  };
}
