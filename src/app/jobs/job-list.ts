import type { JobEvent, Outcome } from "../../core/events.ts";
import type { Job } from "../../core/job.ts";
import type { Store } from "../store/store.ts";
import type { Cancellation } from "./job-row.ts";

/** A job as operators see it. */
export interface JobSummary {
  id: string;
  state: "queued" | "running" | "ended";
  /** `succeeded`, `failed`…; null before its end. */
  status: Outcome["status"] | null;
  /** `owner/name#number` */
  thread: string;
  attempt: number;
  queuedAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
  commentUrl: string | null;
  costUsd: number;
  job: Job;
}

export interface JobDetails extends JobSummary {
  installation: string;
  delivery: string;
  executor: string | null;
  deaths: number;
  cancel: Cancellation | null;
  box: string | null;
  outcome: Outcome | null;
  steps: Array<{ name: string; attempt: number; milliseconds: number | null; finishedAt: Date }>;
}

const SUMMARY = `id, state, status, thread_key as thread, attempt, queued_at as "queuedAt",
  started_at as "startedAt", ended_at as "endedAt", comment_url as "commentUrl",
  cost_usd as "costUsd", job`;

/** The newest jobs first. */
export function listJobs(
  store: Store,
  wanted: { state?: string | undefined; repository?: string | undefined; limit: number },
): Promise<JobSummary[]> {
  return store.query<JobSummary>(
    `select ${SUMMARY} from jobs
     where ($1::text is null or state = $1) and ($2::text is null or repository = $2)
     order by sequence desc limit $3`,
    [wanted.state ?? null, wanted.repository?.toLowerCase() ?? null, wanted.limit],
  );
}

/** All that is known of a job, or null. */
export async function showJob(store: Store, id: string): Promise<JobDetails | null> {
  const [job] = await store.query<JobDetails>(
    `select ${SUMMARY}, installation, delivery, executor, deaths, cancel, box, outcome
     from jobs where id = $1`,
    [id],
  );
  if (job === undefined) return null;
  const steps = await store.query<JobDetails["steps"][number]>(
    `select name, attempt, milliseconds, finished_at as "finishedAt" from job_steps
     where job = $1 and name not like 'mark:%' order by finished_at`,
    [id],
  );
  return { ...job, steps };
}

/** A job's log, in order. */
export async function jobEvents(store: Store, id: string): Promise<JobEvent[]> {
  const rows = await store.query<{ event: JobEvent }>(
    "select event from job_events where job = $1 order by sequence",
    [id],
  );
  return rows.map(({ event }) => event);
}
