import { hasRole } from "../access.ts";
import { createComment, deleteComment, editComment } from "../acts/comments.ts";
import { commentJson } from "../json/issue.ts";
import type { CommentRecord, IssueRecord } from "../store/records.ts";
import { notFound } from "./errors.ts";
import { paged } from "./page.ts";
import { type Call, created, needs, noContent, ok, type Route, route } from "./route.ts";

const READ = needs(["issues:read", "pull_requests:read"]);
// Whoever can read a repository may comment on it.
const WRITE = needs(["issues:write", "pull_requests:write"], "read");
const COMMENTS = "/repos/{owner}/{repo}/issues/comments";

export const commentRoutes: Route[] = [
  route(`GET ${COMMENTS}`, READ, (call) => {
    const all = [...call.repository.issues.values()].flatMap((issue) =>
      issue.comments.map((comment) => ({ issue, comment })),
    );
    all.sort((one, other) => one.comment.id - other.comment.id);
    if (call.query.get("direction") === "desc") all.reverse();
    const since = Date.parse(call.query.get("since") ?? "");
    return list(call, since ? all.filter(({ comment }) => comment.updatedAt >= since) : all);
  }),
  route(`GET ${COMMENTS}/{comment_id}`, READ, (call) => {
    const { issue, comment } = commentOf(call);
    return ok(commentJson(call.world, call.repository, issue, comment));
  }),
  route(`PATCH ${COMMENTS}/{comment_id}`, WRITE, (call) => {
    const { issue, comment } = commentOf(call);
    const { repository, actor, world } = call;
    call.onlyAuthorOr(comment.user, mayModerate(call));
    editComment(world, repository, issue, comment, actor, call.required("body", "IssueComment"));
    return ok(commentJson(world, repository, issue, comment));
  }),
  route(`DELETE ${COMMENTS}/{comment_id}`, WRITE, (call) => {
    const { issue, comment } = commentOf(call);
    call.onlyAuthorOr(comment.user, mayModerate(call));
    void deleteComment(call.world, call.repository, issue, comment, call.actor);
    return noContent();
  }),
  route("GET /repos/{owner}/{repo}/issues/{issue_number}/comments", READ, (call) => {
    const { issue } = call;
    const since = Date.parse(call.query.get("since") ?? "");
    const comments = issue.comments.filter((one) => !since || one.updatedAt >= since);
    return list(
      call,
      comments.map((comment) => ({ issue, comment })),
    );
  }),
  route("POST /repos/{owner}/{repo}/issues/{issue_number}/comments", WRITE, (call) => {
    const { world, repository, issue, actor } = call;
    const body = call.required("body", "IssueComment");
    const { comment } = createComment(world, repository, issue, actor, body);
    return created(commentJson(world, repository, issue, comment));
  }),
];

function list(call: Call, all: { issue: IssueRecord; comment: CommentRecord }[]) {
  const { items, headers } = paged(call, all);
  return ok(
    items.map(({ issue, comment }) => commentJson(call.world, call.repository, issue, comment)),
    headers,
  );
}

/** People with write may edit others' comments; so may an App that got this far. */
function mayModerate(call: Call): boolean {
  const { caller } = call;
  if (caller.kind !== "token") return false;
  return caller.token.kind !== "user" || hasRole(call.repository, caller.token.user, "write");
}

/** The comment that `{comment_id}` names, and the issue it is on. */
export function commentOf(call: Call): { issue: IssueRecord; comment: CommentRecord } {
  const id = Number(call.params.comment_id);
  for (const issue of call.repository.issues.values()) {
    const comment = issue.comments.find((one) => one.id === id);
    if (comment) return { issue, comment };
  }
  throw notFound();
}
