import { hasRole } from "../access.ts";
import { editIssue, openIssue } from "../acts/issues.ts";
import { issueJson } from "../json/issue.ts";
import type { IssueRecord } from "../store/records.ts";
import { paged } from "./page.ts";
import { type Call, created, needs, ok, type Route, route } from "./route.ts";

const READ = needs(["issues:read", "pull_requests:read"]);
const WRITE = needs(["issues:write", "pull_requests:write"], "read");
const ISSUES = "/repos/{owner}/{repo}/issues";

export const issueRoutes: Route[] = [
  route(`GET ${ISSUES}`, READ, (call) => {
    const { items, headers } = paged(call, matching(call));
    return ok(
      items.map((issue) => issueJson(call.world, call.repository, issue)),
      headers,
    );
  }),
  route(`POST ${ISSUES}`, needs("issues:write", "read"), (call) => {
    const { world, repository, actor } = call;
    const { issue } = openIssue(world, repository, actor, {
      title: call.required("title", "Issue"),
      body: call.text("body"),
      // Labels of people without triage are dropped, not refused.
      labels: mayTriage(call) ? call.texts("labels") : [],
    });
    return created(issueJson(world, repository, issue));
  }),
  route(`GET ${ISSUES}/{issue_number}`, READ, (call) =>
    ok(issueJson(call.world, call.repository, call.issue)),
  ),
  route(`PATCH ${ISSUES}/{issue_number}`, WRITE, (call) => {
    const { world, repository, issue, actor } = call;
    call.onlyAuthorOr(issue.user, mayTriage(call));
    editIssue(world, repository, issue, actor, {
      title: call.text("title"),
      body: call.body.body as string | null | undefined,
      state: call.body.state as "open" | "closed" | undefined,
      stateReason: call.body.state_reason as IssueRecord["stateReason"],
    });
    const labels = call.texts("labels");
    if (labels) issue.labels = labels.map((name) => world.store.label(repository, name));
    const assignees = call.texts("assignees");
    if (assignees) issue.assignees = assignees.flatMap((login) => world.store.user(login) ?? []);
    return ok(issueJson(world, repository, issue));
  }),
];

function matching(call: Call): IssueRecord[] {
  const state = call.query.get("state") ?? "open";
  const labels = (call.query.get("labels") ?? "").split(",").filter(Boolean);
  const creator = call.query.get("creator");
  const oldestFirst = call.query.get("direction") === "asc";
  return [...call.repository.issues.values()]
    .filter(
      (issue) =>
        (state === "all" || issue.state === state) &&
        (!creator || issue.user.login === creator) &&
        labels.every((name) => issue.labels.some((label) => label.name === name)),
    )
    .sort((one, other) => (oldestFirst ? one.number - other.number : other.number - one.number));
}

/** Whether labels, titles and states of others' issues are this caller's business. */
export function mayTriage(call: Call): boolean {
  const { caller } = call;
  if (caller.kind !== "token") return false;
  return caller.token.kind !== "user" || hasRole(call.repository, caller.token.user, "triage");
}
