import { association } from "../access.ts";
import type {
  CommentRecord,
  IssueRecord,
  LabelRecord,
  ReactionRecord,
  RepositoryRecord,
} from "../store/records.ts";
import { isoTime, type World } from "../world.ts";
import { appJson } from "./app.ts";
import { type Json, nodeId, userJson } from "./user.ts";

const REACTIONS = ["+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes"];

/** An issue, or the issue side of a pull request. */
export function issueJson(world: World, repository: RepositoryRecord, issue: IssueRecord): Json {
  const api = `${world.apiUrl}/repos/${repository.fullName}`;
  const url = `${api}/issues/${issue.number}`;
  const kind = issue.pull ? "pull" : "issues";
  return {
    url,
    repository_url: api,
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: `${world.url}/${repository.fullName}/${kind}/${issue.number}`,
    id: issue.id,
    node_id: nodeId("Issue", issue.id),
    number: issue.number,
    title: issue.title,
    user: userJson(world, issue.user),
    labels: issue.labels.map((label) => labelJson(world, repository, label)),
    state: issue.state,
    locked: issue.locked,
    assignee: issue.assignees[0] ? userJson(world, issue.assignees[0]) : null,
    assignees: issue.assignees.map((user) => userJson(world, user)),
    milestone: null,
    comments: issue.comments.length,
    created_at: isoTime(issue.createdAt),
    updated_at: isoTime(issue.updatedAt),
    closed_at: issue.closedAt === null ? null : isoTime(issue.closedAt),
    author_association: association(world, repository, issue.user),
    active_lock_reason: null,
    ...(issue.pull && {
      draft: issue.pull.draft,
      pull_request: pullLinks(world, repository, issue),
    }),
    body: issue.body,
    closed_by: issue.closedBy ? userJson(world, issue.closedBy) : null,
    reactions: reactionsJson(`${url}/reactions`, issue.reactions),
    timeline_url: `${url}/timeline`,
    performed_via_github_app: issue.app ? appJson(world, issue.app) : null,
    state_reason: issue.stateReason,
  };
}

export function commentJson(
  world: World,
  repository: RepositoryRecord,
  issue: IssueRecord,
  comment: CommentRecord,
): Json {
  const api = `${world.apiUrl}/repos/${repository.fullName}/issues`;
  const kind = issue.pull ? "pull" : "issues";
  return {
    url: `${api}/comments/${comment.id}`,
    html_url: `${world.url}/${repository.fullName}/${kind}/${issue.number}#issuecomment-${comment.id}`,
    issue_url: `${api}/${issue.number}`,
    id: comment.id,
    node_id: nodeId("IssueComment", comment.id),
    user: userJson(world, comment.user),
    created_at: isoTime(comment.createdAt),
    updated_at: isoTime(comment.updatedAt),
    author_association: association(world, repository, comment.user),
    body: comment.body,
    reactions: reactionsJson(`${api}/comments/${comment.id}/reactions`, comment.reactions),
    performed_via_github_app: comment.app ? appJson(world, comment.app) : null,
  };
}

export function labelJson(world: World, repository: RepositoryRecord, label: LabelRecord): Json {
  const { id, name, color, description } = label;
  const url = `${world.apiUrl}/repos/${repository.fullName}/labels/${encodeURIComponent(name)}`;
  return { id, node_id: nodeId("Label", id), url, name, color, default: false, description };
}

export function reactionJson(world: World, reaction: ReactionRecord): Json {
  return {
    id: reaction.id,
    node_id: nodeId("Reaction", reaction.id),
    user: userJson(world, reaction.user),
    content: reaction.content,
    created_at: isoTime(reaction.createdAt),
  };
}

/** The summary of reactions that an issue or comment carries. */
export function reactionsJson(url: string, reactions: ReactionRecord[]): Json {
  const count = (content: string) => reactions.filter((one) => one.content === content).length;
  return {
    url,
    total_count: reactions.length,
    ...Object.fromEntries(REACTIONS.map((content) => [content, count(content)])),
  };
}

function pullLinks(world: World, repository: RepositoryRecord, issue: IssueRecord): Json {
  const web = `${world.url}/${repository.fullName}/pull/${issue.number}`;
  return {
    url: `${world.apiUrl}/repos/${repository.fullName}/pulls/${issue.number}`,
    html_url: web,
    diff_url: `${web}.diff`,
    patch_url: `${web}.patch`,
    merged_at: issue.pull?.mergedAt ? isoTime(issue.pull.mergedAt) : null,
  };
}
