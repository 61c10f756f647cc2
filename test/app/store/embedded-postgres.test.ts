import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { openStore } from "../../../src/app/store/open-store.ts";
import { descendants } from "../../support/descendants.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const PROGRAM = fileURLToPath(new URL("../../support/writer-process.ts", import.meta.url));
const KILLS = 50;

const open = (data: string, errors: unknown[] = []) =>
  openStore({ data, databaseUrl: null, onError: (error) => errors.push(error) });

/** The postmaster of an embedded Postgres. */
async function postmaster(data: string): Promise<number> {
  const file = join(data, "postgres", "cluster", "postmaster.pid");
  return Number((await readFile(file, "utf8")).split("\n")[0]);
}

describe("the Postgres in the data folder", () => {
  it("is made at the first start and keeps what was written", async () => {
    await using folder = await temporaryFolder();
    const first = await open(folder.path);
    await first.query("insert into turns values (7, now())");
    await first.close();
    const second = await open(folder.path);
    expect(await second.query("select installation from turns")).toEqual([{ installation: "7" }]);
    await second.close();
    expect(await descendants(process.pid, "postgres")).toEqual([]);
  });

  it("belongs to one App: the second is told who has it", async () => {
    await using folder = await temporaryFolder();
    const first = await open(folder.path);
    await expect(open(folder.path)).rejects.toThrow(`process ${process.pid}`);
    await first.close();
    await (await open(folder.path)).close();
  });

  it("can stand in a folder whose path is too long for a socket", async () => {
    await using folder = await temporaryFolder();
    const deep = join(folder.path, "x".repeat(60), "y".repeat(60));
    const store = await open(deep);
    expect(await store.query("select 1 as one")).toEqual([{ one: 1 }]);
    await store.close();
  });

  it("is started again when it is killed, and statements wait for it", async () => {
    await using folder = await temporaryFolder();
    const errors: unknown[] = [];
    const store = await open(folder.path, errors);
    await store.query("insert into turns values (1, now())");
    process.kill(await postmaster(folder.path), "SIGKILL");
    await store.query("insert into turns values (2, now())");
    expect(await store.query("select 1 from turns")).toHaveLength(2);
    // A backend outlives its postmaster for a moment, and may have taken that statement.
    await expect.poll(() => errors.map(String).join()).toContain("is started again");
    await store.close();
  });

  it("of another version is left as it is, with the remedy", async () => {
    await using folder = await temporaryFolder();
    await (await open(folder.path)).close();
    const version = join(folder.path, "postgres", "cluster", "PG_VERSION");
    await writeFile(version, "17\n");
    await expect(open(folder.path)).rejects.toThrow(/written by Postgres 17.*move the folder away/);
    expect(await readFile(version, "utf8")).toBe("17\n");
  });

  it.runIf(process.getuid?.() === 0)("says so when nobody but root can reach it", async () => {
    await using folder = await temporaryFolder();
    await chmod(folder.path, 0o700);
    await expect(open(folder.path)).rejects.toThrow(/BOX_ACTION_DATA/);
    await chmod(folder.path, 0o711);
  });

  it("ends when the App is killed, and has every acknowledged write after fifty kills", {
    timeout: 180_000,
  }, async () => {
    await using folder = await temporaryFolder();
    const acknowledged = new Set<string>();
    for (let kill = 0; kill < KILLS; kill++) {
      const writer = spawn(process.execPath, ["--import", "tsx", PROGRAM, folder.path, `${kill}`], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const read = collect(writer, acknowledged);
      await once(writer.stdout, "data");
      await sleep(Math.random() * 60);
      const pids = { app: Number(writer.pid), postgres: await postmaster(folder.path) };
      // Either may be the first to go, or the only one.
      const victims = [[pids.app], [pids.postgres, pids.app], [pids.app, pids.postgres]];
      for (const pid of victims[kill % victims.length] ?? []) process.kill(pid, "SIGKILL");
      await read;
    }
    expect(acknowledged.size).toBeGreaterThan(KILLS);
    const store = await open(folder.path);
    const rows = await store.query<{ id: string }>("select id from deliveries");
    const kept = new Set(rows.map(({ id }) => id));
    expect([...acknowledged].filter((id) => !kept.has(id))).toEqual([]);
    await store.close();
  });
});

/** Whole lines only: what was cut off was not acknowledged. */
async function collect(writer: ChildProcess, into: Set<string>): Promise<void> {
  let text = "";
  writer.stdout?.setEncoding("utf8").on("data", (piece: string) => {
    text += piece;
  });
  await once(writer, "close");
  for (const line of text.split("\n").slice(0, -1)) into.add(line);
}
