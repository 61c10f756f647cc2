import { issueJson, labelJson } from "../json/issue.ts";
import { pullJson } from "../json/pull.ts";
import type { IssueRecord, LabelRecord, RepositoryRecord } from "../store/records.ts";
import { announce, changed } from "../webhooks/announce.ts";
import type { Delivery } from "../webhooks/webhooks.ts";
import type { Actor, World } from "../world.ts";
import { checkBody, written } from "./comments.ts";

export interface NewIssue {
  title: string;
  body?: string | null | undefined;
  labels?: string[] | undefined;
}

export function openIssue(
  world: World,
  repository: RepositoryRecord,
  actor: Actor,
  wanted: NewIssue,
): { issue: IssueRecord; deliveries: Promise<Delivery[]> } {
  const issue = addIssue(world, repository, actor, wanted);
  const deliveries = announce(world, repository, actor, "issues", {
    action: "opened",
    issue: issueJson(world, repository, issue),
  });
  return { issue, deliveries };
}

/** Records an issue, or the issue side of a pull request, and tells nobody. */
export function addIssue(
  world: World,
  repository: RepositoryRecord,
  actor: Actor,
  wanted: NewIssue,
): IssueRecord {
  checkBody("Issue", wanted.body, true);
  const issue: IssueRecord = {
    ...written(world, "issue", actor),
    number: repository.nextNumber++,
    title: wanted.title,
    body: wanted.body || null,
    state: "open",
    stateReason: null,
    locked: false,
    labels: (wanted.labels ?? []).map((name) => world.store.label(repository, name)),
    assignees: [],
    closedAt: null,
    closedBy: null,
    comments: [],
    pull: null,
  };
  repository.issues.set(issue.number, issue);
  changed(world, repository, null);
  return issue;
}

export interface IssueEdit {
  title?: string | undefined;
  body?: string | null | undefined;
  state?: "open" | "closed" | undefined;
  stateReason?: IssueRecord["stateReason"] | undefined;
}

export function editIssue(
  world: World,
  repository: RepositoryRecord,
  issue: IssueRecord,
  actor: Actor,
  edit: IssueEdit,
): void {
  checkBody("Issue", edit.body, true);
  issue.updatedAt = world.clock.now();
  const changes: Record<string, { from: string }> = {};
  if (edit.title !== undefined && edit.title !== issue.title) {
    changes.title = { from: issue.title };
    issue.title = edit.title;
  }
  if (edit.body !== undefined && edit.body !== issue.body) {
    changes.body = { from: issue.body ?? "" };
    issue.body = edit.body;
  }
  if (Object.keys(changes).length > 0) {
    void tell(world, repository, issue, actor, "edited", { changes });
  }
  if (edit.state !== undefined && edit.state !== issue.state) {
    setState(world, repository, issue, actor, edit.state, edit.stateReason);
  }
  changed(world, repository, issue);
}

export function setState(
  world: World,
  repository: RepositoryRecord,
  issue: IssueRecord,
  actor: Actor,
  state: "open" | "closed",
  reason?: IssueRecord["stateReason"],
): void {
  issue.state = state;
  issue.closedAt = state === "closed" ? world.clock.now() : null;
  issue.closedBy = state === "closed" ? actor.user : null;
  if (!issue.pull) issue.stateReason = reason ?? (state === "closed" ? "completed" : "reopened");
  void tell(world, repository, issue, actor, state === "closed" ? "closed" : "reopened");
}

export function addLabels(
  world: World,
  repository: RepositoryRecord,
  issue: IssueRecord,
  actor: Actor,
  names: string[],
): Promise<Delivery[]> {
  const added = names
    .map((name) => world.store.label(repository, name))
    .filter((label) => !issue.labels.includes(label));
  issue.labels.push(...new Set(added));
  const told = added.map((label) => tellLabel(world, repository, issue, actor, "labeled", label));
  return Promise.all(told).then((deliveries) => deliveries.flat());
}

export function removeLabel(
  world: World,
  repository: RepositoryRecord,
  issue: IssueRecord,
  actor: Actor,
  label: LabelRecord,
): Promise<Delivery[]> {
  issue.labels = issue.labels.filter((one) => one !== label);
  return tellLabel(world, repository, issue, actor, "unlabeled", label);
}

function tellLabel(
  world: World,
  repository: RepositoryRecord,
  issue: IssueRecord,
  actor: Actor,
  action: "labeled" | "unlabeled",
  label: LabelRecord,
): Promise<Delivery[]> {
  changed(world, repository, issue);
  return tell(world, repository, issue, actor, action, {
    label: labelJson(world, repository, label),
  });
}

/** An `issues` event, or the `pull_request` event of the same name for a pull request. */
function tell(
  world: World,
  repository: RepositoryRecord,
  issue: IssueRecord,
  actor: Actor,
  action: string,
  more: object = {},
): Promise<Delivery[]> {
  if (!issue.pull) {
    const payload = { action, issue: issueJson(world, repository, issue), ...more };
    return announce(world, repository, actor, "issues", payload);
  }
  return tellPull(world, repository, issue, actor, action, more);
}

export async function tellPull(
  world: World,
  repository: RepositoryRecord,
  issue: IssueRecord,
  actor: Actor,
  action: string,
  more: object = {},
): Promise<Delivery[]> {
  if (!world.webhooks.wanted(repository, "pull_request")) return [];
  // The payload has counts that only git knows, so the event goes out a moment later.
  const sent = pullJson(world, repository, issue).then((pull) =>
    announce(world, repository, actor, "pull_request", {
      action,
      number: issue.number,
      pull_request: pull,
      ...more,
    }),
  );
  return world.webhooks.track(sent);
}
