import type { JobState } from "../../core/state.ts";
import type { Queryable, Store } from "../store/store.ts";
import { repositoryKey, threadKey } from "./job-keys.ts";
import { requireClaim } from "./job-lost.ts";
import type { Claim } from "./job-row.ts";

/**
 * Writes the end of a job, and what it used to the account of its repository's day.
 * @throws JobLost when it is another process's
 */
export async function endJob(
  store: Store,
  claim: Claim,
  state: JobState,
  keepBoxHours = 0,
): Promise<void> {
  await store.transaction(async (transaction) => {
    if (await hasEnded(transaction, claim)) return;
    await requireClaim(transaction, claim);
    const { inputTokens, outputTokens, costUsd } = state.usage;
    const usage = [inputTokens, outputTokens, costUsd];
    await transaction.query(
      `update jobs set state = 'ended', ended_at = now(), executor = null, comment_lock = null,
         status = $2, outcome = $3, pushed = $4, input_tokens = $5, output_tokens = $6, cost_usd = $7,
         summary = $8, published = $9, box = coalesce($10, box),
         kept_until = case when $10::text is null then null else now() + $11 * interval '1 hour' end
       where id = $1`,
      [
        claim.job.id,
        state.outcome?.status ?? null,
        JSON.stringify(state.outcome),
        state.published?.sha ?? null,
        ...usage,
        state.summary?.replaceAll("\0", "") ?? null,
        state.published === null ? null : JSON.stringify(state.published),
        state.keptBox,
        keepBoxHours,
      ],
    );
    // The box is this job's now; and of a thread's boxes the last is the one to go on in.
    await transaction.query(
      `update jobs set kept_until = null
       where id <> $1 and kept_until is not null
         and (box = $2 or ($3::text is not null and thread_key = $4))`,
      [claim.job.id, state.keptBox ?? state.boxId, state.keptBox, threadKey(claim.job.request)],
    );
    await transaction.query(
      `insert into usage_days as usage (repository, day, input_tokens, output_tokens, cost_usd)
       values ($1, (now() at time zone 'utc')::date, $2, $3, $4)
       on conflict (repository, day) do update set
         input_tokens = usage.input_tokens + excluded.input_tokens,
         output_tokens = usage.output_tokens + excluded.output_tokens,
         cost_usd = usage.cost_usd + excluded.cost_usd`,
      [repositoryKey(claim.job.request), ...usage],
    );
  });
}

/** A transaction whose answer was lost is made again: then there is nothing more to do. */
async function hasEnded(transaction: Queryable, { job, attempt }: Claim): Promise<boolean> {
  const ended = "select 1 from jobs where id = $1 and attempt = $2 and state = 'ended'";
  return (await transaction.query(ended, [job.id, attempt])).length > 0;
}
