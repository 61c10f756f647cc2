import type { Job } from "../job.ts";
import type { JobPorts } from "../ports.ts";

/**
 * Shows that the request has arrived. The comment is made meanwhile, by the first event; the work does
 * not wait for it.
 */
export async function acknowledge(job: Job, { github }: JobPorts): Promise<void> {
  await github.react(job.request.comment, "eyes");
}
