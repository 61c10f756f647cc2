import { mayCommand } from "../../core/admit.ts";
import type { GitHub } from "../../core/github.ts";
import type { Press } from "../../core/trigger/from-check.ts";
import type { Store } from "../store/store.ts";
import { cancelJobs } from "./cancel-jobs.ts";
import { retryJob } from "./retry-job.ts";

/** Ends a job, or has it done once more, as a button of its check run asks; says what came of it. */
export async function actOnPress(store: Store, press: Press, github: GitHub): Promise<string> {
  const { requester, job, repository } = press;
  const fullName = `${repository.owner}/${repository.name}`.toLowerCase();
  const known = "select 1 from jobs where id = $1 and repository = $2";
  if ((await store.query(known, [job, fullName])).length === 0) return "ignored: no job of ours";
  // The button is shown to all who can read; there is no place to answer those who may not use it.
  if (!mayCommand(await github.permission(requester.login))) return "answered: no-permission";
  if (press.action === "cancel") {
    const cancelled = await cancelJobs(store, { job }, { by: requester.login });
    return cancelled.length > 0 ? `job ${job} cancelled` : "answered: the job had ended";
  }
  const refused = await retryJob(store, job);
  return refused === null ? `job ${job} again` : `answered: not retried: ${refused}`;
}
