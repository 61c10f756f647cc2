import type { Job } from "../../core/job.ts";
import type { Store } from "../store/store.ts";
import { branchKey } from "./job-keys.ts";
import type { Claim } from "./job-row.ts";

/**
 * A job that waited for another of its own branch starts from what that one pushed; any other commit that
 * came meanwhile is somebody else's, and the push will say so. What was pushed before the job was asked
 * for does not count: somebody may have taken it off the branch again.
 */
export async function catchUp(store: Store, { job }: Claim): Promise<Job> {
  let { sha } = job.target;
  for (;;) {
    const [next] = await store.query<{ pushed: string }>(
      `select pushed from jobs
       where branch_key = $1 and started_from = $2 and pushed is not null
         and ended_at >= (select queued_at from jobs where id = $3)
       order by ended_at limit 1`,
      [branchKey(job), sha, job.id],
    );
    if (next === undefined || next.pushed === sha) break;
    sha = next.pushed;
  }
  const caughtUp = { ...job, target: { ...job.target, sha } };
  // Every attempt starts from the same commit.
  await store.query("update jobs set job = $2, started_from = $3 where id = $1", [
    job.id,
    caughtUp,
    sha,
  ]);
  return caughtUp;
}
