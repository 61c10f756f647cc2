import type { Store } from "../store/store.ts";

/** Why a job is not tried again. */
export type NotRetried = "unknown" | "not-ended" | "succeeded";

/**
 * Has a job that did not succeed done once more, from its first step on and from the commit that it was
 * pinned to, in the same comment.
 * @returns null when it is in the queue again
 */
export function retryJob(store: Store, id: string): Promise<NotRetried | null> {
  return store.transaction(async (transaction) => {
    const [job] = await transaction.query<{ state: string; status: string }>(
      "select state, status from jobs where id = $1 for update",
      [id],
    );
    if (job === undefined) return "unknown";
    if (job.state !== "ended") return "not-ended";
    if (job.status === "succeeded") return "succeeded";
    await transaction.query("delete from job_steps where job = $1", [id]);
    await transaction.query("delete from job_events where job = $1", [id]);
    await transaction.query(
      `update jobs set state = 'queued', due_at = now(), queued_at = now(), started_at = null,
         ended_at = null, cancel = null, deaths = 0, status = null, outcome = null, box = null,
         pushed = null, summary = null, published = null, kept_until = null, input_tokens = 0, output_tokens = 0, cost_usd = 0
       where id = $1`,
      [id],
    );
    return null;
  });
}
