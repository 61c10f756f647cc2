import { association } from "../access.ts";
import type { IssueRecord, PullRecord, RepositoryRecord } from "../store/records.ts";
import { isoTime, type World } from "../world.ts";
import { labelJson } from "./issue.ts";
import { repositoryJson } from "./repository.ts";
import { type Json, nodeId, userJson } from "./user.ts";

/** A pull request with everything `GET /pulls/{n}` has. */
export async function pullJson(
  world: World,
  repository: RepositoryRecord,
  issue: IssueRecord,
): Promise<Json> {
  const pull = pullOf(issue);
  const simple = simplePullJson(world, repository, issue);
  const counts = await pullCounts(repository, pull);
  return {
    ...simple,
    merged: pull.mergedAt !== null,
    mergeable: pull.mergedAt !== null ? null : counts.mergeable,
    rebaseable: pull.mergedAt !== null ? null : counts.mergeable,
    mergeable_state: counts.mergeable ? (pull.draft ? "draft" : "clean") : "dirty",
    merged_by: pull.mergedBy ? userJson(world, pull.mergedBy) : null,
    comments: issue.comments.length,
    review_comments: pull.reviewComments.length,
    maintainer_can_modify: pull.maintainerCanModify,
    commits: counts.commits,
    additions: counts.additions,
    deletions: counts.deletions,
    changed_files: counts.changedFiles,
  };
}

/** A pull request as lists have it; needs no git. */
export function simplePullJson(
  world: World,
  repository: RepositoryRecord,
  issue: IssueRecord,
): Json {
  const pull = pullOf(issue);
  const api = `${world.apiUrl}/repos/${repository.fullName}`;
  const url = `${api}/pulls/${issue.number}`;
  const web = `${world.url}/${repository.fullName}/pull/${issue.number}`;
  const links = {
    self: url,
    html: web,
    issue: `${api}/issues/${issue.number}`,
    comments: `${api}/issues/${issue.number}/comments`,
    review_comments: `${url}/comments`,
    review_comment: `${api}/pulls/comments{/number}`,
    commits: `${url}/commits`,
    statuses: `${api}/statuses/${pull.head.sha}`,
  };
  return {
    url,
    id: pull.id,
    node_id: nodeId("PullRequest", pull.id),
    html_url: web,
    diff_url: `${web}.diff`,
    patch_url: `${web}.patch`,
    issue_url: links.issue,
    commits_url: links.commits,
    review_comments_url: links.review_comments,
    review_comment_url: links.review_comment,
    comments_url: links.comments,
    statuses_url: links.statuses,
    number: issue.number,
    state: issue.state,
    locked: issue.locked,
    title: issue.title,
    user: userJson(world, issue.user),
    body: issue.body,
    created_at: isoTime(issue.createdAt),
    updated_at: isoTime(issue.updatedAt),
    closed_at: issue.closedAt === null ? null : isoTime(issue.closedAt),
    merged_at: pull.mergedAt === null ? null : isoTime(pull.mergedAt),
    merge_commit_sha: pull.mergeCommitSha,
    assignee: issue.assignees[0] ? userJson(world, issue.assignees[0]) : null,
    assignees: issue.assignees.map((user) => userJson(world, user)),
    requested_reviewers: pull.requestedReviewers.map((user) => userJson(world, user)),
    requested_teams: [],
    labels: issue.labels.map((label) => labelJson(world, repository, label)),
    milestone: null,
    draft: pull.draft,
    head: endJson(world, pull.head.repository, pull.head),
    base: endJson(world, repository, pull.base),
    _links: Object.fromEntries(Object.entries(links).map(([key, href]) => [key, { href }])),
    author_association: association(world, repository, issue.user),
    auto_merge: null,
    active_lock_reason: null,
  };
}

/** The pull request side of an issue that is known to have one. */
export function pullOf(issue: IssueRecord): PullRecord {
  if (!issue.pull) throw new Error(`#${issue.number} is not a pull request`);
  return issue.pull;
}

function endJson(
  world: World,
  repository: RepositoryRecord | null,
  end: { ref: string; sha: string },
): Json {
  const owner = repository?.owner;
  return {
    label: `${owner?.login ?? "unknown"}:${end.ref}`,
    ref: end.ref,
    sha: end.sha,
    user: owner ? userJson(world, owner) : null,
    repo: repository ? repositoryJson(world, repository) : null,
  };
}

interface Counts {
  mergeable: boolean;
  commits: number;
  additions: number;
  deletions: number;
  changedFiles: number;
}

const known = new WeakMap<PullRecord, { ends: string; counts: Promise<Counts> }>();

function pullCounts(repository: RepositoryRecord, pull: PullRecord): Promise<Counts> {
  const ends = `${pull.base.sha}..${pull.head.sha}`;
  const cached = known.get(pull);
  if (cached?.ends === ends) return cached.counts;
  const counts = countPull(repository, pull);
  known.set(pull, { ends, counts });
  return counts;
}

async function countPull(repository: RepositoryRecord, pull: PullRecord): Promise<Counts> {
  const { git } = repository;
  const [base, tree, distance] = await Promise.all([
    git.mergeBase(pull.base.sha, pull.head.sha),
    git.mergeTree(pull.base.sha, pull.head.sha),
    git.distance(pull.base.sha, pull.head.sha),
  ]);
  const files = await git.diff(base ?? pull.base.sha, pull.head.sha);
  const sum = (key: "additions" | "deletions") =>
    files.reduce((total, file) => total + file[key], 0);
  return {
    mergeable: tree !== undefined,
    commits: distance.ahead,
    additions: sum("additions"),
    deletions: sum("deletions"),
    changedFiles: files.length,
  };
}
