import { codeSpan } from "../../core/markdown.ts";
import { duration, money } from "../../core/views/words.ts";
import type { Store } from "../store/store.ts";
import type { JobSummary } from "./job-list.ts";

/** More would be a page; the comments of the others are in the thread. */
const SHOWN = 10;

/** What `/box status` answers: the jobs of a thread that have not ended, and the last that has. */
export async function threadStatus(store: Store, thread: string): Promise<string> {
  const jobs = await store.query<Line>(
    `select state, status, queued_at as "queuedAt", started_at as "startedAt", ended_at as "endedAt",
       comment_url as "commentUrl", cost_usd as "costUsd", job
     from jobs where thread_key = $1 order by sequence desc limit $2`,
    [thread, SHOWN + 1],
  );
  const live = jobs.filter(({ state }) => state !== "ended").slice(0, SHOWN);
  const ended = jobs.find(({ state }) => state === "ended");
  const shown = [...live.reverse(), ...(ended === undefined ? [] : [ended])];
  if (shown.length === 0) return "There has been no job in this thread.";
  return shown.map((job) => `- ${line(job)}`).join("\n");
}

type Line = Pick<
  JobSummary,
  "state" | "status" | "queuedAt" | "startedAt" | "endedAt" | "commentUrl" | "costUsd" | "job"
>;

function line({ job, state, status, queuedAt, startedAt, endedAt, commentUrl, costUsd }: Line) {
  const command = codeSpan(job.request.commandLine);
  const link = commentUrl === null ? "" : ` · [comment](${commentUrl})`;
  const cost = costUsd > 0 ? ` · ${money(costUsd)}` : "";
  const since = (from: Date | null, to: Date) => duration(to.getTime() - (from ?? to).getTime());
  if (state === "queued") return `${command} waits since ${since(queuedAt, new Date())}${link}`;
  if (state === "running") {
    return `${command} runs since ${since(startedAt, new Date())}${cost}${link}`;
  }
  const took = endedAt === null ? "" : ` after ${since(startedAt, endedAt)}`;
  return `${command} ended: ${status ?? "unknown"}${took}${cost}${link}`;
}
