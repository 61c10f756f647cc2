import { pullOf, simplePullJson } from "../json/pull.ts";
import { reviewCommentJson, reviewJson } from "../json/review.ts";
import { validationFailed } from "../rest/errors.ts";
import type {
  IssueRecord,
  RepositoryRecord,
  ReviewCommentRecord,
  ReviewRecord,
} from "../store/records.ts";
import { announce, changed } from "../webhooks/announce.ts";
import type { Delivery } from "../webhooks/webhooks.ts";
import type { Actor, World } from "../world.ts";
import { checkBody, written } from "./comments.ts";

export interface NewReviewComment {
  body: string;
  path: string;
  line?: number | undefined;
  startLine?: number | undefined;
  side?: "LEFT" | "RIGHT" | undefined;
  startSide?: "LEFT" | "RIGHT" | undefined;
  subject?: "line" | "file" | undefined;
  commitSha?: string | undefined;
  reviewId?: number | undefined;
}

/** Adds a comment on a line; the line must be one that the pull request's diff shows. */
export async function createReviewComment(
  world: World,
  repository: RepositoryRecord,
  issue: IssueRecord,
  actor: Actor,
  wanted: NewReviewComment,
): Promise<{ comment: ReviewCommentRecord; deliveries: Promise<Delivery[]> }> {
  checkBody("PullRequestReviewComment", wanted.body);
  const pull = pullOf(issue);
  const { git } = repository;
  const base = (await git.mergeBase(pull.base.sha, pull.head.sha)) ?? null;
  const file = (await git.diff(base, pull.head.sha)).find((one) => one.path === wanted.path);
  if (!file) throw unresolvable("path");
  const side = wanted.side ?? "RIGHT";
  const subject = wanted.subject ?? "line";
  const hunk = subject === "file" ? file.patch : hunkOf(file.patch ?? "", side, wanted.line);
  if (hunk === undefined) throw unresolvable("line");
  return add(world, repository, issue, actor, {
    body: wanted.body,
    reviewId: wanted.reviewId ?? null,
    inReplyTo: null,
    path: wanted.path,
    line: subject === "file" ? null : (wanted.line ?? null),
    startLine: wanted.startLine ?? null,
    side,
    startSide: wanted.startLine === undefined ? null : (wanted.startSide ?? side),
    subject,
    commitSha: wanted.commitSha ?? pull.head.sha,
    originalCommitSha: wanted.commitSha ?? pull.head.sha,
    diffHunk: hunk ?? "",
  });
}

/** Answers in the thread of another comment; a reply to a reply joins the same thread. */
export function replyToReviewComment(
  world: World,
  repository: RepositoryRecord,
  issue: IssueRecord,
  actor: Actor,
  to: ReviewCommentRecord,
  body: string,
): { comment: ReviewCommentRecord; deliveries: Promise<Delivery[]> } {
  checkBody("PullRequestReviewComment", body);
  const { path, line, startLine, side, startSide, subject, commitSha, originalCommitSha } = to;
  return add(world, repository, issue, actor, {
    body,
    reviewId: to.reviewId,
    inReplyTo: to.inReplyTo ?? to.id,
    path,
    line,
    startLine,
    side,
    startSide,
    subject,
    commitSha,
    originalCommitSha,
    diffHunk: to.diffHunk,
  });
}

export function editReviewComment(
  world: World,
  repository: RepositoryRecord,
  issue: IssueRecord,
  actor: Actor,
  comment: ReviewCommentRecord,
  body: string,
): void {
  checkBody("PullRequestReviewComment", body);
  const from = comment.body;
  comment.body = body;
  comment.updatedAt = world.clock.now();
  void tell(world, repository, issue, actor, comment, "edited", { changes: { body: { from } } });
}

export function deleteReviewComment(
  world: World,
  repository: RepositoryRecord,
  issue: IssueRecord,
  actor: Actor,
  comment: ReviewCommentRecord,
): void {
  const pull = pullOf(issue);
  pull.reviewComments = pull.reviewComments.filter((one) => one !== comment);
  void tell(world, repository, issue, actor, comment, "deleted");
}

export interface NewReview {
  body?: string | undefined;
  event?: "APPROVE" | "REQUEST_CHANGES" | "COMMENT" | undefined;
  comments?: NewReviewComment[] | undefined;
}

const STATES = {
  APPROVE: "APPROVED",
  REQUEST_CHANGES: "CHANGES_REQUESTED",
  COMMENT: "COMMENTED",
} as const;

export async function createReview(
  world: World,
  repository: RepositoryRecord,
  issue: IssueRecord,
  actor: Actor,
  wanted: NewReview,
): Promise<{ review: ReviewRecord; deliveries: Promise<Delivery[]> }> {
  const pull = pullOf(issue);
  const state = wanted.event ? STATES[wanted.event] : "PENDING";
  if (actor.user.id === issue.user.id && (state === "APPROVED" || state === "CHANGES_REQUESTED")) {
    const what = state === "APPROVED" ? "approve" : "request changes on";
    throw validationFailed({
      resource: "PullRequestReview",
      code: "custom",
      message: `Can not ${what} your own pull request`,
    });
  }
  const comments = wanted.comments ?? [];
  checkBody("PullRequestReview", wanted.body, state === "APPROVED" || comments.length > 0);
  const review: ReviewRecord = {
    id: world.store.nextId("review"),
    user: actor.user,
    body: wanted.body ?? "",
    state,
    commitSha: pull.head.sha,
    submittedAt: world.clock.now(),
  };
  for (const comment of comments) {
    await createReviewComment(world, repository, issue, actor, {
      ...comment,
      reviewId: review.id,
    });
  }
  pull.reviews.push(review);
  changed(world, repository, issue);
  if (state === "PENDING") return { review, deliveries: Promise.resolve([]) };
  const deliveries = announce(world, repository, actor, "pull_request_review", {
    action: "submitted",
    review: { ...reviewJson(world, repository, issue, review), state: state.toLowerCase() },
    pull_request: simplePullJson(world, repository, issue),
  });
  return { review, deliveries };
}

function add(
  world: World,
  repository: RepositoryRecord,
  issue: IssueRecord,
  actor: Actor,
  fields: Omit<
    ReviewCommentRecord,
    "id" | "user" | "app" | "createdAt" | "updatedAt" | "reactions"
  >,
) {
  const comment: ReviewCommentRecord = { ...written(world, "reviewComment", actor), ...fields };
  pullOf(issue).reviewComments.push(comment);
  return { comment, deliveries: tell(world, repository, issue, actor, comment, "created") };
}

function tell(
  world: World,
  repository: RepositoryRecord,
  issue: IssueRecord,
  actor: Actor,
  comment: ReviewCommentRecord,
  action: "created" | "edited" | "deleted",
  more: object = {},
): Promise<Delivery[]> {
  changed(world, repository, issue);
  return announce(world, repository, actor, "pull_request_review_comment", {
    action,
    ...more,
    comment: reviewCommentJson(world, repository, issue, comment),
    pull_request: simplePullJson(world, repository, issue),
  });
}

function unresolvable(field: string) {
  return validationFailed({
    resource: "PullRequestReviewComment",
    field: `pull_request_review_thread.${field}`,
    code: "custom",
    message: `pull_request_review_thread.${field} could not be resolved`,
  });
}

/** The hunk up to the line, as GitHub keeps it; `undefined` if the diff does not show the line. */
function hunkOf(patch: string, side: "LEFT" | "RIGHT", line = 0): string | undefined {
  let hunk: string[] = [];
  let left = 0;
  let right = 0;
  for (const text of patch.split("\n")) {
    const start = /^@@ -(\d+)(?:,\d+)? \+(\d+)/.exec(text);
    if (start) {
      hunk = [text];
      left = Number(start[1]);
      right = Number(start[2]);
      continue;
    }
    hunk.push(text);
    const at = side === "LEFT" ? left : right;
    const shown = side === "LEFT" ? !text.startsWith("+") : !text.startsWith("-");
    if (shown && at === line && !text.startsWith("\\")) return hunk.join("\n");
    if (!text.startsWith("+")) left++;
    if (!text.startsWith("-")) right++;
  }
  return undefined;
}
