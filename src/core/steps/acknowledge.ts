import type { Job } from "../job.ts";
import type { JobPorts } from "../ports.ts";

/**
 * Shows that the request has arrived. The comment is made meanwhile, by the first event; neither the
 * work nor the comment depends on a reaction that GitHub refuses.
 */
export async function acknowledge(job: Job, { github }: JobPorts): Promise<void> {
  const { thread, origin } = job.request;
  // One-shot: put on again, it asks again.
  const { label } = origin;
  const removal = label === undefined ? undefined : github.removeLabel(thread.number, label);
  await Promise.allSettled([github.react(origin, "eyes"), removal]);
}
