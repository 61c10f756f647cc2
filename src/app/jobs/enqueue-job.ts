import type { Job } from "../../core/job.ts";
import type { Store } from "../store/store.ts";
import { branchKey, repositoryKey, threadKey } from "./job-keys.ts";

export interface NewJob {
  job: Job;
  installation: number;
  /** The GUID of the delivery that asked for it. */
  delivery: string;
}

/** What a repository may use in a day; infinite where the operator set no limit. */
export interface DailyLimits {
  jobs: number;
  costUsd: number;
}

export type Enqueued =
  | { kind: "queued" }
  /** The same job is there already: its delivery came twice. */
  | { kind: "known" }
  | { kind: "over-limit"; limit: "jobs" | "cost" };

/** Undoes the transaction. */
class OverLimit extends Error {
  readonly limit: "jobs" | "cost";
  constructor(limit: "jobs" | "cost") {
    super(`over the daily limit of ${limit}`);
    this.limit = limit;
  }
}

/**
 * Puts a job into the queue, unless it is there already or its repository has used up its day (UTC). The
 * count and the job are written together: two processes cannot both take the last place.
 */
export async function enqueueJob(
  store: Store,
  { job, installation, delivery }: NewJob,
  limits: DailyLimits,
): Promise<Enqueued> {
  const repository = repositoryKey(job.request);
  const costUsd = Math.min(limits.costUsd, job.settings.dailyUsd ?? Number.POSITIVE_INFINITY);
  try {
    return await store.transaction(async (transaction) => {
      const inserted = await transaction.query(
        `insert into jobs (id, delivery, job, installation, repository, thread_key, branch_key)
         values ($1, $2, $3, $4, $5, $6, $7) on conflict (id) do nothing returning id`,
        [job.id, delivery, job, installation, repository, threadKey(job.request), branchKey(job)],
      );
      if (inserted.length === 0) return { kind: "known" };
      const [usage] = await transaction.query<{ jobs: number; cost: number }>(
        `insert into usage_days as usage (repository, day, jobs)
         values ($1, (now() at time zone 'utc')::date, 1)
         on conflict (repository, day) do update set jobs = usage.jobs + 1
         returning jobs, cost_usd + (
           select coalesce(sum(cost_usd), 0) from jobs
           where repository = $1 and state <> 'ended'
         ) as cost`,
        [repository],
      );
      if ((usage?.jobs ?? 0) > limits.jobs) throw new OverLimit("jobs");
      if ((usage?.cost ?? 0) >= costUsd) throw new OverLimit("cost");
      return { kind: "queued" };
    });
  } catch (error) {
    if (error instanceof OverLimit) return { kind: "over-limit", limit: error.limit };
    throw error;
  }
}
