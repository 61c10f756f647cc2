import { posix } from "node:path";

/** The user every command in a box runs as; its numbers are those inside the box. */
export const BOX_USER = { name: "boxuser", uid: 1000, gid: 1000, home: "/home/boxuser" } as const;

/** The default working directory, and what relative paths are relative to. */
export const WORKSPACE = "/workspace/home";

/** Where a box finds the programs of agents, read-only; see `HarnessPrograms`. */
export const HARNESSES_IN_BOX = "/opt/harnesses";

/**
 * Turns the `folder` or `path` of a request into an absolute path of the box. It is resolved by the
 * kernel inside the box, so `..` leads nowhere that the box could not go anyway.
 */
export function boxPath(path: string | undefined): string {
  return posix.resolve(WORKSPACE, path ?? ".");
}
