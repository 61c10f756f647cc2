import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { migrate } from "../../../src/app/store/migrate.ts";
import { MIGRATIONS } from "../../../src/app/store/migrations.ts";
import { openStore } from "../../../src/app/store/open-store.ts";
import { debianPostgres } from "../../support/debian-postgres.ts";
import { type TestStore, testStore } from "../../support/test-store.ts";

const at = (databaseUrl: string) =>
  openStore({
    data: "/nonexistent",
    exclusive: false,
    databaseUrl,
    onError: () => {},
    patienceMs: 0,
  });

describe("the schema", () => {
  it("is made by one of several processes that start at the same time", async () => {
    await using database = await testStore();
    const { postgres } = database;
    const url = await postgres.database();
    const stores = await Promise.all([at(url), at(url), at(url), at(url)]);
    const applied = await stores[0].query("select version from schema_migrations");
    expect(applied).toEqual(MIGRATIONS.map(({ version }) => ({ version })));
    for (const store of stores) await store.close();
  });

  it("of a newer App is refused by an older one, and left as it is", async () => {
    await using database = await testStore();
    const { store, url } = database;
    const next = { version: 999, name: "more", sql: "create table more (id integer)" };
    await migrate(store, [...MIGRATIONS, next]);
    await expect(at(url)).rejects.toThrow(
      /the change 999 \(more\).*start the version that made it/,
    );
    expect(await store.query("select * from more")).toEqual([]);
  });

  it("is not changed at all by a change that fails", async () => {
    await using database = await testStore();
    const { store } = database;
    const broken = {
      version: 999,
      name: "more",
      sql: "create table more (id integer); select 1/0",
    };
    await expect(migrate(store, [...MIGRATIONS, broken])).rejects.toThrow("division by zero");
    await expect(store.query("select * from more")).rejects.toThrow("does not exist");
    await migrate(store);
  });
});

describe("a statement", () => {
  it("is made again when its connection is cut, and so is a transaction", async () => {
    await using database = await testStore();
    const { store, postgres } = database;
    let cut = 0;
    let isOver = false;
    const cutting = (async () => {
      while (!isOver) {
        cut += (await postgres.cutConnections()).length;
        await sleep(50);
      }
    })();
    try {
      for (let number = 1; number <= 15; number++) {
        await store.query("select pg_sleep(0.01)");
        await store.transaction(async (transaction) => {
          await transaction.query(
            "insert into turns values ($1, now()) on conflict (installation) do nothing",
            [number],
          );
          await transaction.query("select pg_sleep(0.01)");
        });
      }
    } finally {
      isOver = true;
      await cutting;
    }
    expect(await store.query("select 1 from turns")).toHaveLength(15);
    expect(cut).toBeGreaterThan(5);
  });

  it("that is wrong fails at once", async () => {
    await using database = await testStore();
    const started = performance.now();
    await expect(database.store.query("select nonsense")).rejects.toThrow("does not exist");
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it("fails when the database stays away for longer than the patience", async () => {
    const database = await testStore({ patienceMs: 300 });
    await database.postgres[Symbol.asyncDispose]();
    await expect(database.store.query("select 1")).rejects.toThrow();
    await expect(database.store.check()).rejects.toThrow();
    await database.store.close();
  });

  it("in a transaction that throws is undone, and the connection is good for the next", async () => {
    await using database = await testStore();
    const { store } = database;
    const failing = store.transaction(async (transaction) => {
      await transaction.query("insert into turns values (1, now())");
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    expect(await store.query("select 1 from turns")).toEqual([]);
  });
});

describe("a database that cannot be used", () => {
  const cases: Array<[string, (database: TestStore) => string, RegExp]> = [
    ["whose server is not there", () => "postgres://x@127.0.0.1:1/x", /nothing listens there/],
    ["whose host has no name", () => "postgres://x@nowhere.invalid/x", /check the host/],
    ["that is not there", ({ url }) => `${url}_none`, /there is no such database/],
    [
      "whose user may not connect",
      ({ url }) => url.replace("postgres@", "nobody:hidden@"),
      /check the user|role "nobody" does not exist/,
    ],
  ];
  it.each(cases)(
    "%s is told with the remedy, and without its password",
    async (_name, url, said) => {
      await using database = await testStore();
      const error = await at(url(database)).then(
        () => null,
        (thrown: Error) => thrown,
      );
      expect(error?.message).toMatch(said);
      expect(error?.message).not.toContain("hidden");
    },
  );
});

it("a server of Debian's package ends with its test", async () => {
  const postgres = await debianPostgres();
  expect(await postgres.administer("select 1 as one")).toEqual([{ one: 1 }]);
  await postgres[Symbol.asyncDispose]();
  await expect(postgres.administer("select 1")).rejects.toThrow();
});
