import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Pool } from "pg";
import { EMBEDDED_LOGIN } from "./embedded-postgres.ts";
import { openStore } from "./open-store.ts";
import { Store } from "./store.ts";

/** In Postgres' `postmaster.pid`, counted from 0. */
const SOCKET_FOLDER_LINE = 4;

/**
 * Opens the store for a command that is run beside the App, or without it. Where the App runs on a
 * Postgres of its own, that one is used.
 */
export async function openToolStore(where: {
  data: string;
  databaseUrl: string | null;
}): Promise<Store> {
  const running = where.databaseUrl === null ? await openRunning(where.data) : null;
  return (
    running ??
    openStore({
      ...where,
      exclusive: where.databaseUrl === null,
      onError: () => {},
    })
  );
}

async function openRunning(data: string): Promise<Store | null> {
  const file = join(data, "postgres", "cluster", "postmaster.pid");
  const host = (await readFile(file, "utf8").catch(() => "")).split("\n")[SOCKET_FOLDER_LINE];
  if (!host) return null;
  const pool = new Pool({ host, ...EMBEDDED_LOGIN, max: 2 });
  pool.on("error", () => {});
  const store = new Store(pool, async () => {}, { patienceMs: 0 });
  try {
    await store.check();
    return store;
  } catch {
    // The file is of one that was killed.
    await store.close();
    return null;
  }
}
