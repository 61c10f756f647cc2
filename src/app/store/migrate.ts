import { MIGRATIONS, type Migration } from "./migrations.ts";
import type { Queryable, Store } from "./store.ts";

/** Of the App's advisory locks: one process at a time changes the schema. */
const MIGRATION_LOCK = 0x626f7802;

/**
 * Brings the schema up to date. Of several processes that start at the same time one does it, and the
 * others wait.
 * @throws Error when a newer version of the App has been here
 */
export async function migrate(
  store: Store,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<void> {
  await store.transaction(async (transaction) => {
    await transaction.query("select pg_advisory_xact_lock($1)", [MIGRATION_LOCK]);
    await transaction.query(
      `create table if not exists schema_migrations (
         version integer primary key,
         name text not null,
         applied_at timestamptz not null default now()
       )`,
    );
    const applied = await transaction.query<{ version: number; name: string }>(
      "select version, name from schema_migrations order by version",
    );
    requireKnown(applied, migrations);
    for (const migration of migrations) {
      if (!applied.some(({ version }) => version === migration.version)) {
        await apply(transaction, migration);
      }
    }
  });
}

function requireKnown(
  applied: ReadonlyArray<{ version: number; name: string }>,
  migrations: readonly Migration[],
): void {
  for (const { version, name } of applied) {
    const known = migrations.find((migration) => migration.version === version);
    if (known?.name === name) continue;
    throw new Error(
      `The database has the change ${version} (${name}), which this version of the App does not know: ` +
        "start the version that made it, or a later one. An older App cannot read what a newer one wrote.",
    );
  }
}

async function apply(transaction: Queryable, { version, name, sql }: Migration): Promise<void> {
  await transaction.query(sql);
  await transaction.query("insert into schema_migrations (version, name) values ($1, $2)", [
    version,
    name,
  ]);
}
