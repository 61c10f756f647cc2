import { join } from "node:path";
import { Pool, type PoolConfig } from "pg";
import { everyoneMayPass } from "../../host/everyone-may-pass.ts";
import { lockFile } from "../../host/lock-file.ts";
import { makeDataFolder } from "../../host/make-data-folder.ts";
import { EmbeddedPostgres } from "./embedded-postgres.ts";
import { migrate } from "./migrate.ts";
import { requireUsable } from "./require-usable.ts";
import { Store, type StoreOptions } from "./store.ts";

export interface OpenStoreOptions extends StoreOptions {
  /** The App's data folder; one App at a time, also where the store is elsewhere. */
  data: string;
  /** False for who only looks: nothing is kept in the data folder then. @default true */
  exclusive?: boolean;
  /** A Postgres server that several Apps may share. Null: one of the App's own, in the data folder. */
  databaseUrl: string | null;
  /** Told of what goes wrong between statements. */
  onError(error: unknown): void;
}

/** More would wait for each other in a database of this size; each costs the server some memory. */
const CONNECTIONS = 10;
const CONNECT_LIMIT_MS = 10_000;
/** A statement that takes longer waits for a server that is gone, and says so to nobody. */
const STATEMENT_LIMIT_MS = 60_000;

/**
 * Opens the store that the App keeps deliveries and jobs in, and brings its schema up to date.
 * @throws Error that says what is wrong with the database, without its password
 */
export async function openStore(options: OpenStoreOptions): Promise<Store> {
  const { data, databaseUrl, exclusive = true } = options;
  if (databaseUrl !== null && !exclusive) {
    return open({ connectionString: databaseUrl }, async () => {}, options);
  }
  await makeDataFolder(data);
  const release = await takeFolder(data);
  try {
    if (databaseUrl !== null) {
      return await open({ connectionString: databaseUrl }, release, options);
    }
    return await openEmbedded(release, options);
  } catch (error) {
    await release();
    throw error;
  }
}

/** @returns what gives it back; it may be called again */
async function takeFolder(data: string): Promise<() => Promise<void>> {
  const lock = await lockFile(join(data, "app.lock"));
  if ("heldBy" in lock) {
    throw new Error(
      `Another App (process ${lock.heldBy}) uses the data folder ${data}; stop it, or set BOX_ACTION_DATA to another folder. ` +
        "Several Apps work together on one DATABASE_URL.",
    );
  }
  let released: Promise<void> | undefined;
  return () => {
    released ??= lock.release();
    return released;
  };
}

async function openEmbedded(
  release: () => Promise<void>,
  options: OpenStoreOptions,
): Promise<Store> {
  const { data, onError } = options;
  await requireReachable(data);
  const postgres = await EmbeddedPostgres.start({ folder: join(data, "postgres"), onError });
  const close = async () => {
    await postgres.close();
    await release();
  };
  return open(postgres.connection, close, options);
}

async function open(
  connection: PoolConfig,
  close: () => Promise<void>,
  options: OpenStoreOptions,
): Promise<Store> {
  const pool = new Pool({
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
    query_timeout: STATEMENT_LIMIT_MS,
    keepAlive: true,
    application_name: "box-action",
    ...connection,
  });
  // Without listeners a connection that is cut would end the process: one that nobody uses just now, and
  // one that somebody uses, who gets the error of the statement.
  pool.on("error", options.onError);
  pool.on("connect", (client) => client.on("error", () => undefined));
  const store = new Store(pool, close, options);
  try {
    await requireUsable(store);
    await migrate(store);
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function requireReachable(data: string): Promise<void> {
  if (process.getuid?.() !== 0 || (await everyoneMayPass(data))) return;
  throw new Error(
    `The App runs as root and its Postgres as nobody, who cannot reach the data folder ${data}: ` +
      "set BOX_ACTION_DATA to one that every user may pass through, such as /var/lib/box-action, or set DATABASE_URL.",
  );
}
