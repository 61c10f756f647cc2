import type { JobEvent } from "../../core/events.ts";
import { fold } from "../../core/fold.ts";
import { initialState, type JobState } from "../../core/state.ts";
import type { Store } from "../store/store.ts";

/** Events that are read at a time. */
const PAGE = 1_000;

/** What earlier attempts at a job have said, folded, and the number of the next event. */
export async function earlierState(
  store: Store,
  jobId: string,
): Promise<{ state: JobState; next: number }> {
  let state = initialState();
  let next = 0;
  for (;;) {
    const page = await store.query<{ sequence: number; event: JobEvent }>(
      `select sequence, event from job_events where job = $1 and sequence >= $2
       order by sequence limit $3`,
      [jobId, next, PAGE],
    );
    for (const { sequence, event } of page) {
      state = fold(state, event);
      next = sequence + 1;
    }
    if (page.length < PAGE) return { state, next };
  }
}
