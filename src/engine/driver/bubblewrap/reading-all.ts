/**
 * What stands before a program that has to read all of a tree: an engine that is not root is root of
 * its own files there, since a box may have closed some to their owner (mode 000).
 */
export function readingAll(isRoot: boolean): readonly string[] {
  return isRoot ? [] : ["unshare", "--user", "--map-root-user", "--"];
}
