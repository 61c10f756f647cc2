import type { Job } from "../../core/job.ts";
import type { Request } from "../../core/request.ts";
import type { Store } from "../store/store.ts";

/** What was asked in a thread by its last job, if that has ended and did not succeed; else null. */
export async function lastRequest(store: Store, thread: string): Promise<Request | null> {
  const [last] = await store.query<{ job: Job; state: string; status: string | null }>(
    "select job, state, status from jobs where thread_key = $1 order by sequence desc limit 1",
    [thread],
  );
  if (last === undefined || last.state !== "ended" || last.status === "succeeded") return null;
  return last.job.request;
}
