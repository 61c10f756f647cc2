import { mayCommand } from "./admit.ts";
import type { FailedCheck, GitHub, PullRequestFile, Remark } from "./github.ts";
import { isOutage } from "./is-outage.ts";
import type { Job } from "./job.ts";
import type { Origin, Request } from "./request.ts";

/** What the agent is told of the thread beside its title and description, as it was when it was asked. */
export interface ThreadContext {
  remarks: Array<Pick<Remark, "author" | "body">>;
  /** Remarks that there was no room for. */
  remarksLeftOut: number;
  /** Of a submitted review. */
  reviewRemarks: Array<{ path: string; line: number | null; diffHunk: string; body: string }>;
  files: Array<Pick<PullRequestFile, "path" | "status" | "additions" | "deletions">>;
  filesLeftOut: number;
  /** The commit that a pull request's own commits follow; null: there is none, or it is not known. */
  mergeBase: string | null;
  checks: FailedCheck[];
}

/** The newest remarks say where a discussion has come to. */
const MOST_REMARKS = 30;
const REMARKS_CHARACTERS = 24_000;
const REMARK_CHARACTERS = 4_000;
/** More is a list that nobody reads; git has them all. */
const MOST_FILES = 200;
const MOST_REVIEW_REMARKS = 50;
/** Whoever else wrote is left out: each is a request to GitHub. */
const MOST_AUTHORS = 20;

/** Strangers are known for it without a question. */
const INSIDERS = ["OWNER", "MEMBER", "COLLABORATOR"];

export const NO_CONTEXT: ThreadContext = {
  ...{ remarks: [], remarksLeftOut: 0, reviewRemarks: [] },
  ...{ files: [], filesLeftOut: 0, mergeBase: null, checks: [] },
};

/**
 * Reads what a job's agent is told of its thread: only what stood there when it was asked, has not been
 * edited since, and is by people who may write (DESIGN §4.5). What cannot be read is left out.
 */
export async function threadContext(job: Job, github: GitHub): Promise<ThreadContext> {
  const { request, target } = job;
  const { thread, command } = request;
  // It asks no agent.
  if (command.verb === "run") return NO_CONTEXT;
  const isPull = thread.kind === "pull-request";
  const mayWrite = writers(github);
  const [spoken, review, files, mergeBase, checks] = await Promise.all([
    or([], discussion(request, github)),
    or([], reviewOf(request, github)),
    isPull ? or([], github.pullRequestFiles(thread.number)) : [],
    isPull ? or(null, github.mergeBase(target.base, target.sha)) : null,
    isPull && command.verb === "fix" ? or([], github.failedChecks(target.sha)) : [],
  ]);
  const { kept, leftOut } = await newest(spoken, mayWrite);
  const shown = files.slice(0, MOST_FILES);
  return {
    remarks: kept,
    remarksLeftOut: leftOut,
    reviewRemarks: review.slice(0, MOST_REVIEW_REMARKS),
    files: shown.map(({ path, status, additions, deletions }) => {
      return { path, status, additions, deletions };
    }),
    filesLeftOut: files.length - shown.length,
    ...{ mergeBase, checks },
  };
}

/** Not worth a job: a permission that the App lacks. GitHub that is away is waited for. */
async function or<T>(instead: T, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (isOutage(error)) throw error;
    return instead;
  }
}

/** What stood in the request's own thread, oldest first. */
async function discussion(request: Request, github: GitHub): Promise<Remark[]> {
  const { thread, origin } = request;
  if (origin.review === undefined) return before(request, await github.remarks(thread.number));
  const { threadId } = origin.review;
  const all = await github.reviewRemarks(thread.number);
  return before(
    request,
    all.filter((remark) => remark.threadId === threadId),
  );
}

async function reviewOf(request: Request, github: GitHub) {
  const { origin, thread, requester } = request;
  if (origin.kind !== "review") return [];
  const all = await github.reviewRemarks(thread.number);
  const own = all.filter(({ reviewId, author }) => {
    return reviewId === origin.id && author === requester.login;
  });
  return before(request, own, REVIEW_MS).map(({ path, line, diffHunk, body }) => {
    return { path, line, diffHunk, body };
  });
}

/** The remarks of a review get their times while it is being submitted. */
const REVIEW_MS = 10_000;

/** What was written or edited later does not count: anybody may have changed it to something else. */
function before<T extends Remark>({ origin, askedAt }: Request, remarks: T[], grace = 0): T[] {
  return remarks.filter(
    (remark) => !isAsking(origin, remark) && remark.updatedAt <= askedAt + grace,
  );
}

function isAsking({ kind, id }: Origin, remark: Remark): boolean {
  return kind !== "review" && remark.id === id;
}

async function newest(spoken: Remark[], mayWrite: (remark: Remark) => Promise<boolean>) {
  const kept: ThreadContext["remarks"] = [];
  let room = REMARKS_CHARACTERS;
  let leftOut = 0;
  for (const remark of spoken.toReversed()) {
    if (!(await mayWrite(remark))) continue;
    const body = remark.body.slice(0, REMARK_CHARACTERS);
    if (kept.length === MOST_REMARKS || body.length > room) {
      leftOut++;
      continue;
    }
    room -= body.length;
    kept.unshift({ author: remark.author, body });
  }
  return { kept, leftOut };
}

/** Whether who wrote may write to the repository; our own comments tell of jobs, and are no discussion. */
function writers(github: GitHub): (remark: Remark) => Promise<boolean> {
  const known = new Map<string, boolean>();
  let own: string | undefined;
  return async ({ author, association }) => {
    own ??= (await github.identity()).login;
    if (author === own || !INSIDERS.includes(association)) return false;
    let may = known.get(author);
    if (may === undefined) {
      may = known.size < MOST_AUTHORS && mayCommand(await github.permission(author));
      known.set(author, may);
    }
    return may;
  };
}
