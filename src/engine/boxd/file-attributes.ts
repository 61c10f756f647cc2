import type { Fields } from "./fields.ts";
import { TAG } from "./protocol.ts";
import type { BoxdFileType, BoxdStat } from "./types.ts";

const TYPES: readonly BoxdFileType[] = [
  "unknown",
  "file",
  "directory",
  "symlink",
  "fifo",
  "socket",
  "character-device",
  "block-device",
];

/** What ATTRIBUTES and ENTRY have in common. */
export function readAttributes(fields: Fields): BoxdStat {
  return {
    type: TYPES[fields.u32(TAG.TYPE)] ?? "unknown",
    size: fields.size(TAG.SIZE),
    mtimeNanoseconds: fields.i64(TAG.MTIME),
    mode: fields.u32(TAG.MODE) & 0o7777,
    uid: fields.u32(TAG.UID),
    gid: fields.u32(TAG.GID),
    ...(fields.has(TAG.INODE) && { inode: fields.u64(TAG.INODE) }),
    ...(fields.has(TAG.LINK_TARGET) && { target: fields.text(TAG.LINK_TARGET) }),
  };
}
