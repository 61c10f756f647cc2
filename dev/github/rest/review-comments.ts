import { hasRole } from "../access.ts";
import {
  createReviewComment,
  deleteReviewComment,
  editReviewComment,
  replyToReviewComment,
} from "../acts/reviews.ts";
import { pullOf } from "../json/pull.ts";
import { reviewCommentJson } from "../json/review.ts";
import type { IssueRecord, ReviewCommentRecord } from "../store/records.ts";
import { notFound } from "./errors.ts";
import { paged } from "./page.ts";
import { type Call, created, needs, noContent, ok, type Route, route } from "./route.ts";

const READ = needs("pull_requests:read");
const WRITE = needs("pull_requests:write", "read");
const COMMENTS = "/repos/{owner}/{repo}/pulls/comments";
const OF_PULL = "/repos/{owner}/{repo}/pulls/{pull_number}/comments";

export const reviewCommentRoutes: Route[] = [
  route(`GET ${COMMENTS}`, READ, (call) =>
    list(
      call,
      [...call.repository.issues.values()].flatMap((issue) =>
        (issue.pull?.reviewComments ?? []).map((comment) => ({ issue, comment })),
      ),
    ),
  ),
  route(`GET ${COMMENTS}/{comment_id}`, READ, (call) => {
    const { issue, comment } = reviewCommentOf(call);
    return ok(reviewCommentJson(call.world, call.repository, issue, comment));
  }),
  route(`PATCH ${COMMENTS}/{comment_id}`, WRITE, (call) => {
    const { issue, comment } = reviewCommentOf(call);
    const { world, repository, actor } = call;
    call.onlyAuthorOr(comment.user, hasRole(repository, actor.user, "write"));
    const body = call.required("body", "PullRequestReviewComment");
    editReviewComment(world, repository, issue, actor, comment, body);
    return ok(reviewCommentJson(world, repository, issue, comment));
  }),
  route(`DELETE ${COMMENTS}/{comment_id}`, WRITE, (call) => {
    const { issue, comment } = reviewCommentOf(call);
    const { world, repository, actor } = call;
    call.onlyAuthorOr(comment.user, hasRole(repository, actor.user, "write"));
    deleteReviewComment(world, repository, issue, actor, comment);
    return noContent();
  }),
  route(`GET ${OF_PULL}`, READ, (call) => {
    const issue = call.pull;
    return list(
      call,
      pullOf(issue).reviewComments.map((comment) => ({ issue, comment })),
    );
  }),
  route(`POST ${OF_PULL}`, WRITE, async (call) => {
    const { world, repository, pull: issue, actor, body } = call;
    const text = call.required("body", "PullRequestReviewComment");
    const replyTo = body.in_reply_to;
    if (typeof replyTo === "number") return reply(call, replyTo, text);
    const { comment } = await createReviewComment(world, repository, issue, actor, {
      body: text,
      path: call.required("path", "PullRequestReviewComment"),
      commitSha: call.required("commit_id", "PullRequestReviewComment"),
      line: body.line as number | undefined,
      startLine: body.start_line as number | undefined,
      side: body.side as "LEFT" | "RIGHT" | undefined,
      startSide: body.start_side as "LEFT" | "RIGHT" | undefined,
      subject: body.subject_type as "line" | "file" | undefined,
    });
    return created(reviewCommentJson(world, repository, issue, comment));
  }),
  route(`POST ${OF_PULL}/{comment_id}/replies`, WRITE, (call) =>
    reply(call, Number(call.params.comment_id), call.required("body", "PullRequestReviewComment")),
  ),
];

function reply(call: Call, to: number, body: string) {
  const { world, repository, pull: issue, actor } = call;
  const thread = pullOf(issue).reviewComments.find((one) => one.id === to);
  if (!thread) throw notFound();
  const { comment } = replyToReviewComment(world, repository, issue, actor, thread, body);
  return created(reviewCommentJson(world, repository, issue, comment));
}

function list(call: Call, all: { issue: IssueRecord; comment: ReviewCommentRecord }[]) {
  const { items, headers } = paged(call, all);
  return ok(
    items.map(({ issue, comment }) =>
      reviewCommentJson(call.world, call.repository, issue, comment),
    ),
    headers,
  );
}

/** The review comment that `{comment_id}` names, and the pull request it is on. */
export function reviewCommentOf(call: Call): { issue: IssueRecord; comment: ReviewCommentRecord } {
  const id = Number(call.params.comment_id);
  for (const issue of call.repository.issues.values()) {
    const comment = issue.pull?.reviewComments.find((one) => one.id === id);
    if (comment) return { issue, comment };
  }
  throw notFound();
}
