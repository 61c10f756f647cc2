import type { RepositoryRecord, Role } from "../store/records.ts";
import { isoTime, type World } from "../world.ts";
import { type Json, nodeId, userJson } from "./user.ts";

/** A repository with all fields that `GET /repos/{owner}/{repo}` has. */
export function repositoryJson(world: World, repository: RepositoryRecord): Json {
  const forks = [...world.store.repositories.values()].filter((one) => one.parent === repository);
  const open = [...repository.issues.values()].filter((issue) => issue.state === "open").length;
  return {
    id: repository.id,
    node_id: nodeId("Repository", repository.id),
    name: repository.name,
    full_name: repository.fullName,
    private: repository.private,
    owner: userJson(world, repository.owner),
    description: null,
    fork: repository.parent !== null,
    ...links(world, repository),
    homepage: null,
    language: null,
    license: null,
    topics: [],
    visibility: repository.private ? "private" : "public",
    default_branch: repository.defaultBranch,
    size: 0,
    stargazers_count: 0,
    watchers_count: 0,
    watchers: 0,
    forks_count: forks.length,
    forks: forks.length,
    network_count: forks.length,
    subscribers_count: 0,
    open_issues_count: open,
    open_issues: open,
    is_template: false,
    has_issues: true,
    has_projects: true,
    has_downloads: true,
    has_wiki: true,
    has_pages: false,
    has_discussions: false,
    allow_forking: true,
    allow_squash_merge: true,
    allow_merge_commit: true,
    allow_rebase_merge: true,
    delete_branch_on_merge: false,
    web_commit_signoff_required: false,
    archived: false,
    disabled: false,
    created_at: isoTime(repository.createdAt),
    updated_at: isoTime(repository.pushedAt),
    pushed_at: isoTime(repository.pushedAt),
  };
}

/** A repository as an `installation` event lists it. */
export function listedRepositoryJson(repository: RepositoryRecord): Json {
  const { id, name, fullName } = repository;
  const node_id = nodeId("Repository", id);
  return { id, node_id, name, full_name: fullName, private: repository.private };
}

/** The booleans GitHub shows beside a role. */
export function rolePermissions(role: Role): Record<string, boolean> {
  const rank = ["none", "read", "triage", "write", "maintain", "admin"].indexOf(role);
  return {
    pull: rank >= 1,
    triage: rank >= 2,
    push: rank >= 3,
    maintain: rank >= 4,
    admin: rank >= 5,
  };
}

function links(world: World, repository: RepositoryRecord): Json {
  const url = `${world.apiUrl}/repos/${repository.fullName}`;
  const web = `${world.url}/${repository.fullName}`;
  const { host } = new URL(world.url);
  return {
    html_url: web,
    url,
    ...Object.fromEntries(Object.entries(API_LINKS).map(([key, path]) => [key, url + path])),
    git_url: `git://${host}/${repository.fullName}.git`,
    ssh_url: `git@${host}:${repository.fullName}.git`,
    clone_url: `${web}.git`,
    svn_url: web,
    mirror_url: null,
  };
}

const API_LINKS: Record<string, string> = {
  forks_url: "/forks",
  keys_url: "/keys{/key_id}",
  collaborators_url: "/collaborators{/collaborator}",
  teams_url: "/teams",
  hooks_url: "/hooks",
  issue_events_url: "/issues/events{/number}",
  events_url: "/events",
  assignees_url: "/assignees{/user}",
  branches_url: "/branches{/branch}",
  tags_url: "/tags",
  blobs_url: "/git/blobs{/sha}",
  git_tags_url: "/git/tags{/sha}",
  git_refs_url: "/git/refs{/sha}",
  trees_url: "/git/trees{/sha}",
  statuses_url: "/statuses/{sha}",
  languages_url: "/languages",
  stargazers_url: "/stargazers",
  contributors_url: "/contributors",
  subscribers_url: "/subscribers",
  subscription_url: "/subscription",
  commits_url: "/commits{/sha}",
  git_commits_url: "/git/commits{/sha}",
  comments_url: "/comments{/number}",
  issue_comment_url: "/issues/comments{/number}",
  contents_url: "/contents/{+path}",
  compare_url: "/compare/{base}...{head}",
  merges_url: "/merges",
  archive_url: "/{archive_format}{/ref}",
  downloads_url: "/downloads",
  issues_url: "/issues{/number}",
  pulls_url: "/pulls{/number}",
  milestones_url: "/milestones{/number}",
  notifications_url: "/notifications{?since,all,participating}",
  labels_url: "/labels{/name}",
  releases_url: "/releases{/id}",
  deployments_url: "/deployments",
};
