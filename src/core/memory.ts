import type { EarlierWork } from "./admit.ts";
import type { Plan } from "./plan.ts";
import type { Request } from "./request.ts";

/** What is known of earlier requests. */
export interface Memory {
  /**
   * What was asked last in the request's thread by a job that has ended without success, and the commit that
   * was approved for it, where one was; null: nothing.
   */
  lastRequest(request: Request): Promise<{ request: Request; approvedSha: string | null } | null>;
  /** The last work in the request's thread, or on the branch; null: nobody keeps that. */
  earlierWork: ((request: Request, branch: string | null) => Promise<EarlierWork | null>) | null;
  /** The last plan of the thread that was there when the request was made; null: nobody keeps that. */
  lastPlan: ((request: Request) => Promise<Plan | null>) | null;
  /** Keeps a request that waits for the approval of a commit; an earlier one of its thread is dropped. */
  hold(request: Request, sha: string): Promise<void>;
  held(request: Request): Promise<{ request: Request; sha: string } | null>;
}
