import { BASE_USERS } from "./base-users.ts";

/** `unshare`'s words for: I am root, and my range of /etc/subuid are the other users. */
export const SUBUIDS = ["--user", "--map-root-user", "--map-auto"] as const;

/**
 * The beginning of a command line that makes what follows root of a user namespace in which the files
 * of a base and of the boxes on it have their owners.
 * @param isRoot whether it is root of the host that runs it
 * @param boxd the program that can do it for root
 */
export function asBaseRoot(isRoot: boolean, boxd: string): string[] {
  return isRoot
    ? [boxd, "--map", `${BASE_USERS.first}:${BASE_USERS.count}`, "--"]
    : ["unshare", ...SUBUIDS, "--"];
}
