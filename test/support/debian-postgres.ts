import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { chown } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { Client } from "pg";
import { temporaryFolder } from "./temporary-folder.ts";

const PACKAGES = "/usr/lib/postgresql";
/** Postgres refuses to run as root. */
const NOBODY = { uid: 65_534, gid: 65_534 };

/**
 * A Postgres server of Debian's, started by an ordinary user on a port of the loopback interface. It syncs
 * what it writes unless `quick`.
 */
export async function debianPostgres({ quick = true }: { quick?: boolean } = {}) {
  const folder = await temporaryFolder();
  const isRoot = process.getuid?.() === 0;
  if (isRoot) await chown(folder.path, NOBODY.uid, NOBODY.gid);
  const as = { cwd: "/", ...(isRoot ? NOBODY : {}) };
  const data = join(folder.path, "data");
  const bin = programs();
  const options = ["--auth=trust", "--username=postgres", "--no-sync", "--locale=C"];
  await promisify(execFile)(join(bin, "initdb"), [`--pgdata=${data}`, ...options], as);
  const port = await freePort();
  const settings = [
    ...[`port=${port}`, "listen_addresses=127.0.0.1", `unix_socket_directories=${folder.path}`],
    ...["max_connections=200", `fsync=${quick ? "off" : "on"}`],
  ];
  const args = ["-D", data, ...settings.flatMap((setting) => ["-c", setting])];
  const server = spawn(join(bin, "postgres"), args, { ...as, stdio: "ignore" });
  const closed = once(server, "close");
  const url = (database: string) => `postgres://postgres@127.0.0.1:${port}/${database}`;
  const administer = async (statement: string) => {
    const client = new Client({ connectionString: url("postgres") });
    client.on("error", () => undefined);
    await client.connect();
    try {
      return (await client.query(statement)).rows;
    } finally {
      await client.end();
    }
  };
  await untilReady(() => administer("select 1"));
  let databases = 0;
  return {
    /** The URL of a new database. */
    async database(): Promise<string> {
      const name = `test_${++databases}`;
      await administer(`create database ${name}`);
      return url(name);
    },
    administer,
    /** Cuts every connection to every database but the administrator's. */
    cutConnections: () =>
      administer(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname <> 'postgres' and backend_type = 'client backend'`,
      ),
    async [Symbol.asyncDispose]() {
      server.kill("SIGINT");
      await closed;
      await folder[Symbol.asyncDispose]();
    },
  };
}

export type DebianPostgres = Awaited<ReturnType<typeof debianPostgres>>;

function programs(): string {
  const versions = existsSync(PACKAGES) ? readdirSync(PACKAGES) : [];
  const found = versions
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(PACKAGES, version, "bin"))
    .find((folder) => existsSync(join(folder, "initdb")));
  if (found !== undefined) return found;
  throw new Error(`There is no Postgres below ${PACKAGES}; npm run setup installs it.`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

async function untilReady(connect: () => Promise<unknown>): Promise<void> {
  const until = Date.now() + 30_000;
  for (;;) {
    try {
      await connect();
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
