import { openStore } from "../../src/app/store/open-store.ts";
import type { Store, StoreOptions } from "../../src/app/store/store.ts";
import { type DebianPostgres, debianPostgres } from "./debian-postgres.ts";

export interface TestStore extends AsyncDisposable {
  store: Store;
  url: string;
  postgres: DebianPostgres;
  /** What went wrong between statements. */
  errors: unknown[];
  /** Another store on the same database, as another process has it. */
  another(options?: StoreOptions): Promise<Store>;
}

/** A store on a real Postgres server of its own. */
export async function testStore(options: StoreOptions = {}): Promise<TestStore> {
  const postgres = await debianPostgres();
  const url = await postgres.database();
  const errors: unknown[] = [];
  const stores: Store[] = [];
  const open = async (own: StoreOptions = {}) => {
    const store = await openStore({
      data: "/nonexistent",
      exclusive: false,
      databaseUrl: url,
      onError: (error) => errors.push(error),
      ...own,
    });
    stores.push(store);
    return store;
  };
  try {
    const store = await open(options);
    return {
      store,
      url,
      postgres,
      errors,
      another: open,
      async [Symbol.asyncDispose]() {
        for (const each of stores) await each.close();
        await postgres[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await postgres[Symbol.asyncDispose]();
    throw error;
  }
}
