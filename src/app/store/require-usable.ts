import type { Store } from "./store.ts";

/** The oldest that its makers still mend, in 2026. */
const OLDEST_VERSION = 14;

/** What Postgres and the network say, by their codes, and what to do about it. */
const REMEDIES: Readonly<Record<string, string>> = {
  ENOTFOUND: "there is no such host; check the host in DATABASE_URL",
  EAI_AGAIN: "the host's name cannot be looked up; check the host in DATABASE_URL",
  ECONNREFUSED: "nothing listens there; start Postgres, or check host and port in DATABASE_URL",
  ETIMEDOUT: "it does not answer; check host and port in DATABASE_URL, and firewalls",
  ENOENT: "there is no such socket; start Postgres, or check the host in DATABASE_URL",
  "28P01": "the password is wrong; check user and password in DATABASE_URL",
  "28000": "the user may not connect; check the user in DATABASE_URL, and pg_hba.conf",
  "3D000": "there is no such database; create it, or check the name in DATABASE_URL",
  "42501": "the user may not create tables; grant it create on the schema public",
};

/**
 * @throws Error that says why the database cannot be used and what to do about it; never its password
 */
export async function requireUsable(store: Store): Promise<void> {
  let server: { version: number; standby: boolean } | undefined;
  try {
    [server] = await store.query<{ version: number; standby: boolean }>(
      `select current_setting('server_version_num')::integer / 10000 as version,
         pg_is_in_recovery() as standby`,
    );
  } catch (cause) {
    const { code = "", message } = cause as NodeJS.ErrnoException;
    throw new Error(
      `The App cannot use its database: ${REMEDIES[code] ?? `${message}; check DATABASE_URL`}.`,
      { cause },
    );
  }
  if (server === undefined || server.version < OLDEST_VERSION) {
    throw new Error(
      `The App cannot use its database: it is Postgres ${server?.version}, and ${OLDEST_VERSION} or later is needed; upgrade it.`,
    );
  }
  if (server.standby) {
    throw new Error(
      "The App cannot use its database: it is a standby that only reads; set DATABASE_URL to the primary.",
    );
  }
}
