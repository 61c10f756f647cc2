import type { Job } from "../../core/job.ts";

/** Who wants a job to end, and why. */
export interface Cancellation {
  by: string;
  /** Why there is nobody left to tell: its repository, or the installation, is gone. */
  gone?: string;
}

/** A job that this process carries out, for one attempt. */
export interface Claim {
  job: Job;
  installation: number;
  /** Counted from 1. Whoever holds an earlier one may not write any more. */
  attempt: number;
  /** How often the process that carried it out has died. */
  deaths: number;
  executor: string;
  cancel: Cancellation | null;
}

/** The columns of {@link Claim}, for the `returning` of a statement on `jobs`. */
export const CLAIM_COLUMNS = "job, installation, attempt, deaths, executor, cancel";

/** A row of these columns as a claim; Postgres' bigint comes as text. */
export function claimOf(row: Record<string, unknown>): Claim {
  return { ...(row as unknown as Claim), installation: Number(row.installation) };
}
