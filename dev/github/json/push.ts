import { ZERO_SHA } from "../git/git-repository.ts";
import type { Commit } from "../git/parse-log.ts";
import type { RepositoryRecord } from "../store/records.ts";
import type { Actor, World } from "../world.ts";
import type { Json } from "./user.ts";

/** GitHub lists no more commits than this in a `push` event. */
const MOST_COMMITS = 2048;

/** The payload of a `push` event. */
export async function pushJson(
  world: World,
  repository: RepositoryRecord,
  actor: Actor,
  change: { ref: string; before: string; after: string },
): Promise<Json> {
  const { ref, before, after } = change;
  const created = before === ZERO_SHA;
  const deleted = after === ZERO_SHA;
  const commits = deleted ? [] : await newCommits(repository, before, after);
  const list = commits.map((commit) => pushedCommitJson(world, repository, commit));
  return {
    ref,
    before,
    after,
    base_ref: null,
    created,
    deleted,
    forced: !created && !deleted && !(await repository.git.isAncestor(before, after)),
    compare: `${world.url}/${repository.fullName}/compare/${before.slice(0, 12)}...${after.slice(0, 12)}`,
    commits: list,
    head_commit: list.at(-1) ?? null,
    pusher: { name: actor.user.login, email: null },
  };
}

/** For a new branch only what the default branch does not have. */
async function newCommits(
  repository: RepositoryRecord,
  before: string,
  after: string,
): Promise<Commit[]> {
  const { git } = repository;
  const main = await git.branch(repository.defaultBranch);
  const known = before === ZERO_SHA ? main : before;
  const range = known && known !== after ? [after, `^${known}`] : [after];
  return git.log(range, { reverse: true, limit: MOST_COMMITS });
}

function pushedCommitJson(world: World, repository: RepositoryRecord, commit: Commit): Json {
  return {
    id: commit.sha,
    tree_id: commit.tree,
    distinct: true,
    message: commit.message,
    timestamp: commit.author.date,
    url: `${world.url}/${repository.fullName}/commit/${commit.sha}`,
    author: { name: commit.author.name, email: commit.author.email },
    committer: { name: commit.committer.name, email: commit.committer.email },
    added: [],
    removed: [],
    modified: [],
  };
}
