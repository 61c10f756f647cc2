import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { Client } from "pg";
import { type PostgresProgram, postgresProgram } from "./postgres-program.ts";
import { closeFor, postgresUser, type RunAs } from "./run-as.ts";

export interface EmbeddedPostgresOptions {
  /** A folder that this process alone uses. */
  folder: string;
  onError(error: unknown): void;
}

/** How to connect, in the words of `pg`. */
export interface EmbeddedConnection {
  host: string;
  user: string;
  database: string;
}

/** Recovery after a crash reads what was written since the last checkpoint; it took 0.2 s here. */
const START_LIMIT_MS = 60_000;
const LOOK_EVERY_MS = 20;
const STOP_LIMIT_SECONDS = 10;
const RESTART_PAUSE_MS = 500;
/** A path of a Unix socket has 108 bytes, the last of them empty; this is Postgres' name in it. */
const LONGEST_SOCKET_FOLDER = 107 - "/.s.PGSQL.5432".length;
const ERROR_TAIL_CHARACTERS = 2_000;

/** Whoever can reach the socket may. */
export const EMBEDDED_LOGIN = { user: "box_action", database: "postgres" };

/**
 * One App has few connections and small tables: this is 16 MB in all (measured), and every commit is on
 * the disk before it is acknowledged.
 */
const SETTINGS = [
  ...[
    "listen_addresses=",
    "max_connections=30",
    "shared_buffers=16MB",
    "unix_socket_permissions=0700",
  ],
  ...["jit=off", "max_parallel_workers=0", "autovacuum_max_workers=1", "io_method=sync"],
  ...["wal_level=minimal", "max_wal_senders=0", "max_wal_size=128MB", "logging_collector=off"],
];

/**
 * Becomes Postgres. Beside it waits a process for the end of this one, and stops Postgres then: it must
 * not live on when the App was killed. Twice in the background, so that it is no child of Postgres.
 */
const STARTER = `( ( exec <&3 >/dev/null 2>&1; read -r _; kill -INT $$ ) & ) ; exec 3<&- ; exec "$@"`;

/** A Postgres of the App's own, in its data folder, which only its own user can reach. */
export class EmbeddedPostgres {
  readonly connection: EmbeddedConnection;
  readonly #program: PostgresProgram;
  readonly #user: RunAs;
  readonly #cluster: string;
  readonly #options: EmbeddedPostgresOptions;
  readonly #temporary: string | null;
  #child: ChildProcess | undefined;
  #said = "";
  #closing = false;

  private constructor(
    options: EmbeddedPostgresOptions,
    program: PostgresProgram,
    user: RunAs,
    temporary: string | null,
  ) {
    this.#options = options;
    this.#program = program;
    this.#user = user;
    this.#cluster = join(options.folder, "cluster");
    this.#temporary = temporary;
    this.connection = { host: temporary ?? options.folder, ...EMBEDDED_LOGIN };
  }

  /**
   * Starts it, and makes its data folder the first time.
   * @throws Error with Postgres' own words when it does not come up
   */
  static async start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
    const user = postgresUser();
    await mkdir(options.folder, { recursive: true, mode: 0o700 });
    await closeFor(user, options.folder);
    const program = await postgresProgram(options.folder);
    const temporary = await socketFolder(options.folder, user);
    const postgres = new EmbeddedPostgres(options, program, user, temporary);
    try {
      await postgres.#open();
      return postgres;
    } catch (error) {
      await postgres.close();
      throw error;
    }
  }

  /** Stops it; what was committed is on the disk. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.#stop();
    if (this.#temporary !== null) await rm(this.#temporary, { recursive: true, force: true });
  }

  async #open(): Promise<void> {
    await this.#makeCluster();
    // An App that was killed may have left one that is just ending.
    await this.#stopLeftover();
    await this.#launch();
  }

  async #makeCluster(): Promise<void> {
    const version = await readFile(join(this.#cluster, "PG_VERSION"), "utf8").catch(() => null);
    if (version === null) {
      const partial = `${this.#cluster}.partial`;
      await rm(partial, { recursive: true, force: true });
      const options = [
        "--auth=trust",
        `--username=${EMBEDDED_LOGIN.user}`,
        "--encoding=UTF8",
        "--locale=C",
      ];
      await this.#run("initdb", [`--pgdata=${partial}`, ...options]);
      await rename(partial, this.#cluster);
    } else if (version.trim() !== this.#program.majorVersion) {
      throw new Error(
        `The jobs in ${this.#cluster} were written by Postgres ${version.trim()}, and this App comes with ${this.#program.majorVersion}. ` +
          "Start the version of the App that wrote them, or move the folder away to begin without them.",
      );
    }
  }

  async #stopLeftover(): Promise<void> {
    const pidFile = join(this.#cluster, "postmaster.pid");
    if ((await stat(pidFile).catch(() => null)) === null) return;
    const options = ["--mode=fast", "--wait", `--timeout=${STOP_LIMIT_SECONDS}`, "--silent"];
    // It fails when nothing runs: then the file is of a crash, and Postgres knows what to do.
    await this.#run("pg_ctl", ["stop", `--pgdata=${this.#cluster}`, ...options]).catch(() => {});
  }

  async #launch(): Promise<void> {
    const settings = SETTINGS.flatMap((setting) => ["-c", setting]);
    const postgres = join(this.#program.folder, "bin", "postgres");
    const { host } = this.connection;
    const command = [postgres, "-D", this.#cluster, "-k", host, ...settings];
    this.#said = "";
    const child = spawn("/bin/sh", ["-c", STARTER, "postgres", ...command], {
      // Its own session: an interrupt from the terminal is the App's to answer first.
      detached: true,
      cwd: "/",
      env: { PATH: process.env.PATH, LC_ALL: "C", TZ: "UTC" },
      stdio: ["ignore", "ignore", "pipe", "pipe"],
      ...this.#user,
    });
    this.#child = child;
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#said = (this.#said + text).slice(-ERROR_TAIL_CHARACTERS);
    });
    child.stdio[3]?.on("error", () => undefined);
    child.once("error", (error) => this.#options.onError(error));
    await this.#ready(child);
    child.once("exit", () => void this.#restart());
    if (child.exitCode !== null || child.signalCode !== null) void this.#restart();
  }

  async #ready(child: ChildProcess): Promise<void> {
    const until = performance.now() + START_LIMIT_MS;
    for (;;) {
      const client = new Client(this.connection);
      client.on("error", () => undefined);
      try {
        await client.connect();
        await client.end();
        return;
      } catch (cause) {
        const ended = child.exitCode !== null || child.signalCode !== null;
        if (ended || child.pid === undefined || performance.now() > until) {
          throw new Error(
            `Postgres did not start in ${this.#cluster}: ${this.#said.trim() || (cause as Error).message}`,
            { cause },
          );
        }
      }
      await sleep(LOOK_EVERY_MS);
    }
  }

  /** It has crashed, or somebody has killed it: what was committed is there, and callers wait for it. */
  async #restart(): Promise<void> {
    while (!this.#closing) {
      this.#options.onError(new Error(`Postgres ended and is started again: ${this.#said.trim()}`));
      await sleep(RESTART_PAUSE_MS);
      if (this.#closing) return;
      try {
        // Parts of one that was killed may still hold its memory.
        await this.#stopLeftover();
        await this.#launch();
        return;
      } catch (error) {
        this.#options.onError(error);
      }
    }
  }

  async #stop(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.pid === undefined) return;
    const ended = new Promise<void>((resolve) => {
      if (child.exitCode !== null || child.signalCode !== null) resolve();
      else child.once("exit", () => resolve());
    });
    // Fast: connections are cut, what is committed is kept.
    child.kill("SIGINT");
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_LIMIT_SECONDS * 1_000);
    await ended;
    clearTimeout(timer);
    child.stdio[3]?.destroy();
  }

  async #run(program: string, args: readonly string[]): Promise<void> {
    try {
      await promisify(execFile)(join(this.#program.folder, "bin", program), args, {
        cwd: "/",
        env: { PATH: process.env.PATH, LC_ALL: "C", TZ: "UTC" },
        ...this.#user,
      });
    } catch (cause) {
      const { stderr, message } = cause as Error & { stderr?: string };
      throw new Error(`${program} failed: ${stderr?.trim() || message}`, { cause });
    }
  }
}

/** A short folder for the socket where the path of the data folder is too long for one; else null. */
async function socketFolder(folder: string, user: RunAs): Promise<string | null> {
  if (Buffer.byteLength(folder) <= LONGEST_SOCKET_FOLDER) return null;
  const short = await mkdtemp(join(tmpdir(), "box-action-"));
  await closeFor(user, short);
  return short;
}
