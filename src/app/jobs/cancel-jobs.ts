import type { Store } from "../store/store.ts";
import type { Cancellation } from "./job-row.ts";

/** Which jobs: one, or all of a thread, a repository (`owner/name`, in lower case), an installation. */
export type CancelWhat =
  | { job: string }
  | { thread: string }
  | { repository: string }
  | { installation: number };

/**
 * Asks for jobs to end, wherever they run or wait: whoever has one looks every second. A job that waits is
 * taken by any process, only to say so in its comment.
 * @param cancellation whose word it was
 * @returns the jobs that had not ended yet
 */
export async function cancelJobs(
  store: Store,
  what: CancelWhat,
  cancellation: Cancellation,
): Promise<string[]> {
  const [[name, value] = ["job", ""]] = Object.entries(what);
  const column = COLUMNS[name];
  const rows = await store.query<{ id: string }>(
    `update jobs set cancel = coalesce(cancel, $2), due_at = now()
     where ${column} = $1 and state <> 'ended' returning id`,
    [value, cancellation],
  );
  return rows.map(({ id }) => id);
}

const COLUMNS: Readonly<Record<string, string>> = {
  job: "id",
  thread: "thread_key",
  repository: "repository",
  installation: "installation",
};
