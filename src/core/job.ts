import { createHash } from "node:crypto";
import type { JobSettings } from "./job-settings.ts";
import type { Request } from "./request.ts";

/** Where a job's work starts and where it goes; pinned when the job was admitted. */
export interface Target {
  /** The branch that is pushed to. For an issue: a new one, named after the job. */
  branch: string;
  /** The commit that the work starts from and that the result must descend from. */
  sha: string;
  /** The branch that is cloned: the pull request's, or the one that a new one is opened against. */
  cloneBranch: string;
  /** The pull request that is updated; null when one is to be opened. */
  pullRequest: number | null;
}

/** A request that was admitted. Plain data, so that it can be stored. */
export interface Job {
  /** Derived from the request's id, so that the same delivery is the same job. */
  id: string;
  request: Request;
  target: Target;
  settings: JobSettings;
  /** Milliseconds since 1970. The time of its commit, so that every attempt makes the same one. */
  admittedAt: number;
}

/** Twelve hexadecimal digits that are the same for the same delivery. */
export function jobId(requestId: string): string {
  return createHash("sha256").update(requestId).digest("hex").slice(0, 12);
}
