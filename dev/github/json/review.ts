import { association } from "../access.ts";
import type {
  IssueRecord,
  RepositoryRecord,
  ReviewCommentRecord,
  ReviewRecord,
} from "../store/records.ts";
import { isoTime, type World } from "../world.ts";
import { reactionsJson } from "./issue.ts";
import { type Json, nodeId, userJson } from "./user.ts";

export function reviewCommentJson(
  world: World,
  repository: RepositoryRecord,
  issue: IssueRecord,
  comment: ReviewCommentRecord,
): Json {
  const api = `${world.apiUrl}/repos/${repository.fullName}/pulls`;
  const url = `${api}/comments/${comment.id}`;
  const html = `${world.url}/${repository.fullName}/pull/${issue.number}#discussion_r${comment.id}`;
  const pull = `${api}/${issue.number}`;
  return {
    url,
    pull_request_review_id: comment.reviewId,
    id: comment.id,
    node_id: nodeId("PullRequestReviewComment", comment.id),
    diff_hunk: comment.diffHunk,
    path: comment.path,
    commit_id: comment.commitSha,
    original_commit_id: comment.originalCommitSha,
    user: userJson(world, comment.user),
    body: comment.body,
    created_at: isoTime(comment.createdAt),
    updated_at: isoTime(comment.updatedAt),
    html_url: html,
    pull_request_url: pull,
    author_association: association(world, repository, comment.user),
    _links: { self: { href: url }, html: { href: html }, pull_request: { href: pull } },
    reactions: reactionsJson(`${url}/reactions`, comment.reactions),
    start_line: comment.startLine,
    original_start_line: comment.startLine,
    start_side: comment.startSide,
    line: comment.line,
    original_line: comment.line,
    side: comment.side,
    position: comment.line,
    original_position: comment.line ?? 1,
    subject_type: comment.subject,
    ...(comment.inReplyTo !== null && { in_reply_to_id: comment.inReplyTo }),
  };
}

export function reviewJson(
  world: World,
  repository: RepositoryRecord,
  issue: IssueRecord,
  review: ReviewRecord,
): Json {
  const pull = `${world.apiUrl}/repos/${repository.fullName}/pulls/${issue.number}`;
  const html = `${world.url}/${repository.fullName}/pull/${issue.number}#pullrequestreview-${review.id}`;
  return {
    id: review.id,
    node_id: nodeId("PullRequestReview", review.id),
    user: userJson(world, review.user),
    body: review.body,
    state: review.state,
    html_url: html,
    pull_request_url: pull,
    author_association: association(world, repository, review.user),
    _links: { html: { href: html }, pull_request: { href: pull } },
    submitted_at: isoTime(review.submittedAt),
    commit_id: review.commitSha,
  };
}
