import { SUBUIDS } from "../../base/as-base-root.ts";

/**
 * What stands before a program that has to read all of a tree: an engine that is not root is root of
 * its own files there, since a box may have closed some to their owner (mode 000).
 * @param isOnBase whether the tree is of a box on a base, whose other users own files too
 */
export function readingAll(isRoot: boolean, isOnBase = false): readonly string[] {
  if (isRoot) return [];
  return ["unshare", ...(isOnBase ? SUBUIDS : ["--user", "--map-root-user"]), "--"];
}
