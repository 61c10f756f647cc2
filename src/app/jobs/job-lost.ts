import type { Queryable } from "../store/store.ts";
import type { Claim } from "./job-row.ts";

/** The job is not this process's any more, or not in this attempt: it must not be written to. */
export class JobLost extends Error {
  override readonly name = "JobLost";

  constructor(jobId: string) {
    super(`The job ${jobId} is another process's now.`);
  }
}

/**
 * Locks the row of a job for a transaction that writes to it.
 * @throws JobLost when somebody else has it, or it has ended
 */
export async function requireClaim(transaction: Queryable, claim: Claim): Promise<void> {
  const held = await transaction.query(
    `select 1 from jobs
     where id = $1 and attempt = $2 and executor = $3 and state = 'running' for update`,
    [claim.job.id, claim.attempt, claim.executor],
  );
  if (held.length === 0) throw new JobLost(claim.job.id);
}
