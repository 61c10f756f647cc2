import type { EarlierWork } from "../../core/admit.ts";
import type { Job } from "../../core/job.ts";
import type { Memory } from "../../core/memory.ts";
import type { Request } from "../../core/request.ts";
import type { PreparedBox } from "../../core/steps/prepare.ts";
import type { Store } from "../store/store.ts";
import { repositoryKey, threadKey } from "./job-keys.ts";

/** What the store knows of earlier requests. */
export function threadMemory(store: Store): Memory {
  return {
    async lastRequest(request) {
      const [last] = await store.query<{ job: Job; state: string; status: string | null }>(
        "select job, state, status from jobs where thread_key = $1 order by sequence desc limit 1",
        [threadKey(request)],
      );
      if (last === undefined || last.state !== "ended" || last.status === "succeeded") return null;
      const { request: asked, target } = last.job;
      const wasApproved = target.fork !== null || asked.command.verb === "execute";
      return { request: asked, approvedSha: wasApproved ? target.sha : null };
    },

    async earlierWork(request, branch) {
      const [last] = await store.query<WorkRow>(
        `select jobs.id, jobs.job, summary, published,
           case when kept_until > now() then box end as box, steps.result as prepared
         from jobs left join job_steps steps on steps.job = jobs.id and steps.name = 'prepare'
         where (thread_key = $1 or branch_key = $2) and state = 'ended'
         order by coalesce(kept_until > now(), false) desc, summary is not null desc, sequence desc
         limit 1`,
        [threadKey(request), branch === null ? null : `${repositoryKey(request)}:${branch}`],
      );
      return last === undefined ? null : earlierWork(last);
    },

    async lastPlan(request) {
      const [last] = await store.query<{ job: Job; summary: string | null }>(
        `select job, summary from jobs
         where thread_key = $1 and status = 'succeeded'
           and job->'request'->'command'->>'verb' = 'plan'
           and ended_at <= coalesce((select received_at from deliveries where id = $2), now())
           and ended_at <= $3
         order by sequence desc limit 1`,
        [threadKey(request), request.id, new Date(request.askedAt + CLOCKS_APART_MS)],
      );
      if (last?.summary == null) return null;
      return { request: last.job.request, text: last.summary, sha: last.job.target.sha };
    },

    async hold(request, sha) {
      await store.query(
        `insert into held_requests (thread_key, request, sha) values ($1, $2, $3)
         on conflict (thread_key) do update
           set request = excluded.request, sha = excluded.sha, held_at = now()`,
        [threadKey(request), request, sha],
      );
    },

    async held(request) {
      const [held] = await store.query<{ request: Request; sha: string }>(
        "select request, sha from held_requests where thread_key = $1",
        [threadKey(request)],
      );
      return held ?? null;
    },
  };
}

/**
 * Whoever approved could not have read a plan that came later. What the database says of both is exact; for
 * a delivery that was a long time on its way there is GitHub's clock, which may be another one.
 */
const CLOCKS_APART_MS = 10 * 60_000;

interface WorkRow {
  id: string;
  job: Job;
  summary: string | null;
  published: { branch: string; pullRequest: { number: number } | null } | null;
  box: string | null;
  prepared: PreparedBox | null;
}

function earlierWork({ id, job, summary, published, box, prepared }: WorkRow): EarlierWork {
  const pullRequest = published?.pullRequest?.number;
  return {
    jobId: id,
    box: box === null || prepared === null ? null : { id: box, folder: prepared.folder },
    isFork: job.target.fork !== null,
    commandLine: job.request.commandLine,
    summary: summary ?? "",
    published:
      published === null || pullRequest === undefined
        ? null
        : { branch: published.branch, pullRequest },
  };
}
