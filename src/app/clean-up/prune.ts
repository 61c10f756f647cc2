import type { Store } from "../store/store.ts";

/** Rows that one statement deletes: short locks, little to write at once. */
const AT_ONCE = 500;
/** Budgets look at one day; a year of days is for people who ask. */
const USAGE_DAYS = 400;

/**
 * Forgets what has ended longer ago than `days`: jobs with their events, deliveries, dead processes.
 * @returns how many rows went, of jobs and of deliveries
 */
export async function prune(
  store: Store,
  days: number,
): Promise<{ jobs: number; deliveries: number }> {
  const jobs = await pruneTable(
    store,
    `delete from jobs where id in (
       select id from jobs
       where state = 'ended' and ended_at < now() - $1 * interval '1 day' limit $2
     ) returning id`,
    days,
  );
  const deliveries = await pruneTable(
    store,
    `delete from deliveries where id in (
       select id from deliveries
       where state <> 'waiting' and received_at < now() - $1 * interval '1 day' limit $2
     ) returning id`,
    days,
  );
  await store.query("delete from executors where lease_until < now() - interval '1 day'");
  await store.query("delete from refusals where day < now() - interval '2 days'");
  await store.query("delete from held_requests where held_at < now() - $1 * interval '1 day'", [
    days,
  ]);
  await store.query("delete from usage_days where day < now() - $1 * interval '1 day'", [
    USAGE_DAYS,
  ]);
  return { jobs, deliveries };
}

async function pruneTable(store: Store, statement: string, days: number): Promise<number> {
  for (let total = 0; ; ) {
    const { length } = await store.query(statement, [days, AT_ONCE]);
    total += length;
    if (length < AT_ONCE) return total;
  }
}
