import { createHash } from "node:crypto";
import type { JobSettings } from "./job-settings.ts";
import type { Request } from "./request.ts";

/** Where a job's work starts and where it goes; pinned when the job was admitted. */
export interface Target {
  /** The branch that is pushed to: the pull request's, or a new one. */
  branch: string;
  /** The commit that the work starts from and that the result must descend from. */
  sha: string;
  /** The branch that is cloned: the pull request's, or the one that a new one is opened against. */
  cloneBranch: string;
  /** The fork that `cloneBranch` is in, as git takes it; null: the repository itself. */
  fork: string | null;
  /** The branch that a pull request goes to. */
  base: string;
  /** The pull request that is updated; null when one is to be opened. */
  pullRequest: number | null;
}

/** What was done before, which a job goes on with. */
export interface Earlier {
  jobId: string;
  /** Kept with the agent's conversation; null when it is gone. */
  box: { id: string; folder: string } | null;
  commandLine: string;
  /** In the agent's words. */
  summary: string;
}

/** A request that was admitted. Plain data, so that it can be stored. */
export interface Job {
  /** Derived from the request's id, so that the same delivery is the same job. */
  id: string;
  request: Request;
  target: Target;
  settings: JobSettings;
  /** Null: it begins anew. */
  continues: Earlier | null;
  /** Milliseconds since 1970. The time of its commit, so that every attempt makes the same one. */
  admittedAt: number;
}

/** Twelve hexadecimal digits that are the same for the same delivery. */
export function jobId(requestId: string): string {
  return createHash("sha256").update(requestId).digest("hex").slice(0, 12);
}
