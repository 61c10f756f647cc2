import type { Store } from "../store/store.ts";

/** Which jobs: one, or all of a thread. */
export type CancelWhat = { job: string } | { thread: string };

/**
 * Asks for jobs to end, wherever they run or wait: whoever has one looks every second. A job that waits is
 * taken by any process, only to say so in its comment.
 * @param by a login, or who else wanted it
 * @returns the jobs that had not ended yet
 */
export async function cancelJobs(store: Store, what: CancelWhat, by: string): Promise<string[]> {
  const [column, value] = "job" in what ? ["id", what.job] : ["thread_key", what.thread];
  const rows = await store.query<{ id: string }>(
    `update jobs set cancel = coalesce(cancel, $2), due_at = now()
     where ${column} = $1 and state <> 'ended' returning id`,
    [value, { by }],
  );
  return rows.map(({ id }) => id);
}
