import type { Job } from "../../src/core/job.ts";
import { DEFAULT_SETTINGS } from "../../src/core/job-settings.ts";
import type { Request } from "../../src/core/request.ts";
import { aRequest } from "./a-request.ts";

let jobs = 0;

/** A job in a thread of its own, unless one is named. */
export function aJob(wanted: { thread?: number; owner?: string; request?: Request } = {}): Job {
  const { thread = ++jobs, owner = "acme" } = wanted;
  const branch = `branch-${thread}`;
  const request = wanted.request ?? aRequest();
  const id = (++jobs).toString(16).padStart(12, "0");
  return {
    id,
    request: {
      ...request,
      id: `delivery-${id}`,
      repository: { ...request.repository, owner },
      thread: { ...request.thread, number: thread },
    },
    settings: DEFAULT_SETTINGS,
    continues: null,
    target: {
      ...{ branch, sha: "0".repeat(40), cloneBranch: branch },
      ...{ fork: null, base: "main", pullRequest: thread },
    },
    admittedAt: 0,
  };
}
