import { lstatSync, readlinkSync, type Stats } from "node:fs";
import { join, resolve } from "node:path";

/** As many links as the kernel follows in one path. */
const LINK_LIMIT = 40;

/**
 * The path that a file has for a program whose root is this folder, when all links are followed as that
 * program would: one to `/etc/x` stays within the root. For telling what is there, not for opening it:
 * whoever owns the root could put a link there meanwhile.
 * @returns undefined when it is not there
 */
export function resolveInRoot(
  root: string,
  path: string,
): { path: string; stat: Stats } | undefined {
  const parts = path.split("/").filter((part) => part !== "");
  let at = "/";
  let stat = lstatSync(root, { throwIfNoEntry: false });
  for (let links = 0; parts.length > 0; ) {
    const next = resolve(at, parts.shift() ?? "");
    stat = lstatSync(join(root, next), { throwIfNoEntry: false });
    if (stat?.isSymbolicLink()) {
      if (++links > LINK_LIMIT) return undefined;
      const target = readlinkSync(join(root, next));
      parts.unshift(...target.split("/").filter((part) => part !== ""));
      if (target.startsWith("/")) at = "/";
    } else {
      if (stat === undefined || (parts.length > 0 && !stat.isDirectory())) return undefined;
      at = next;
    }
  }
  return stat && { path: at, stat };
}
