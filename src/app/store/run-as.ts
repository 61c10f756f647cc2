import { chmod, chown } from "node:fs/promises";

/** Whom Postgres runs as; undefined: as this process's own user. */
export type RunAs = { uid: number; gid: number } | undefined;

/** The user `nobody`, by number: its group has other names elsewhere. */
const NOBODY = 65_534;

/** Postgres refuses to run as root, and making a user for it is not ours to do. */
export function postgresUser(): RunAs {
  return process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : undefined;
}

/** Makes a folder that only the user that Postgres runs as can open. */
export async function closeFor(user: RunAs, folder: string): Promise<void> {
  await chmod(folder, 0o700);
  if (user !== undefined) await chown(folder, user.uid, user.gid);
}
