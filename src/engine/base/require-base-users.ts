import { readFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { EngineError } from "../engine-error.ts";
import { isOnPath } from "../is-on-path.ts";

/** Debian's packages use users up to 65533, and `nobody` is the next. */
const USERS_NEEDED = 65_534;

/**
 * Says whether this user of the host may have a range of users: root may, others when the operator has
 * given them one.
 * @throws EngineError `base_unavailable` with what is missing and how to get it
 */
export async function requireBaseUsers(isRoot: boolean): Promise<void> {
  if (isRoot) return;
  if (!(await isOnPath("newuidmap"))) {
    refuse("newuidmap is missing", "install it: sudo apt-get install uidmap");
  }
  const { username, uid } = userInfo();
  for (const file of ["/etc/subuid", "/etc/subgid"]) {
    const lines = (await readFile(file, "utf8").catch(() => "")).split("\n");
    const own = lines
      .map((line) => line.split(":"))
      .filter(([owner]) => owner === username || owner === String(uid));
    if (own.some(([, , count]) => Number(count) >= USERS_NEEDED)) continue;
    refuse(
      `${username} has no range of ${USERS_NEEDED} users in ${file}`,
      `give it one: sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ${username}`,
    );
  }
}

function refuse(reason: string, remedy: string): never {
  throw new EngineError(
    501,
    "base_unavailable",
    `Boxes on a Debian base have many users, and ${reason}; ${remedy}. Or run the engine as root.`,
  );
}
