import type { Store } from "../store/store.ts";
import type { Claim } from "./job-row.ts";

/**
 * Puts a job back into the queue, at its old place.
 * @param afterMs not before: its last word could not be said now
 */
export async function releaseJob(store: Store, claim: Claim, afterMs = 0): Promise<void> {
  await store.query(
    `update jobs set state = 'queued', executor = null, comment_lock = null,
       due_at = now() + $4 * interval '1 millisecond'
     where id = $1 and attempt = $2 and executor = $3 and state = 'running'`,
    [claim.job.id, claim.attempt, claim.executor, afterMs],
  );
}
