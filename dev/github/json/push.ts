import { ZERO_SHA } from "../git/git-repository.ts";
import type { Commit, Signature } from "../git/parse-log.ts";
import type { RepositoryRecord } from "../store/records.ts";
import type { Actor, World } from "../world.ts";
import { userOf } from "./commit.ts";
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
  const list = await Promise.all(
    commits.map((commit, index) => {
      // Past these GitHub leaves the lists of files empty too.
      const listed = commits.length - index <= MOST_LISTED_COMMITS;
      return pushedCommitJson(world, repository, commit, listed);
    }),
  );
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

const MOST_LISTED_COMMITS = 20;

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

async function pushedCommitJson(
  world: World,
  repository: RepositoryRecord,
  commit: Commit,
  listed: boolean,
): Promise<Json> {
  const { git } = repository;
  const files = listed ? await git.diff(commit.parents[0] ?? null, commit.sha) : [];
  const having = (...statuses: string[]) =>
    files.filter((file) => statuses.includes(file.status)).map((file) => file.path);
  const moved = files.flatMap((file) =>
    file.status === "renamed" ? (file.previousPath ?? []) : [],
  );
  return {
    id: commit.sha,
    tree_id: commit.tree,
    distinct: true,
    message: commit.message,
    timestamp: commit.author.date,
    url: `${world.url}/${repository.fullName}/commit/${commit.sha}`,
    author: personJson(world, commit.author),
    committer: personJson(world, commit.committer),
    added: having("added", "renamed", "copied"),
    removed: [...having("removed"), ...moved],
    modified: having("modified", "changed"),
  };
}

function personJson(world: World, { name, email }: Signature): Json {
  const username = userOf(world, email)?.login;
  return { name, email, ...(username && { username }) };
}
