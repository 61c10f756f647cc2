import { ZERO_SHA } from "../git/git-repository.ts";
import { pullOf } from "../json/pull.ts";
import { validationFailed } from "../rest/errors.ts";
import type { IssueRecord, RepositoryRecord } from "../store/records.ts";
import { changed } from "../webhooks/announce.ts";
import type { Delivery } from "../webhooks/webhooks.ts";
import type { Actor, World } from "../world.ts";
import { addIssue, setState, tellPull } from "./issues.ts";
import { refsChanged } from "./pushes.ts";

export interface NewPull {
  title: string;
  body?: string | null | undefined;
  /** `branch` or `owner:branch`. */
  head: string;
  base: string;
  draft?: boolean | undefined;
  maintainerCanModify?: boolean | undefined;
  labels?: string[] | undefined;
}

export async function openPull(
  world: World,
  repository: RepositoryRecord,
  actor: Actor,
  wanted: NewPull,
): Promise<{ issue: IssueRecord; deliveries: Promise<Delivery[]> }> {
  const { head, baseSha } = await endsOf(world, repository, wanted);
  refuseDuplicate(repository, head, wanted.base);
  const issue = addIssue(world, repository, actor, wanted);
  await repository.git.fetchFrom(head.repository.git, head.sha, `refs/pull/${issue.number}/head`);
  if ((await repository.git.distance(baseSha, head.sha)).ahead === 0) {
    repository.issues.delete(issue.number);
    repository.nextNumber--;
    throw pullError(
      `No commits between ${label(repository, wanted.base)} and ${label(head.repository, head.ref)}`,
    );
  }
  issue.pull = {
    id: world.store.nextId("pull"),
    base: { ref: wanted.base, sha: baseSha },
    head,
    draft: wanted.draft ?? false,
    mergedAt: null,
    mergedBy: null,
    mergeCommitSha: null,
    maintainerCanModify: wanted.maintainerCanModify ?? false,
    requestedReviewers: [],
    reviews: [],
    reviewComments: [],
    pushes: [],
  };
  return { issue, deliveries: tellPull(world, repository, issue, actor, "opened") };
}

/** Moves the heads of the open pull requests that a push to this branch belongs to. */
export async function synchronizePulls(
  world: World,
  pushed: RepositoryRecord,
  branch: string,
  after: string,
  actor: Actor,
): Promise<void> {
  for (const repository of world.store.repositories.values()) {
    for (const issue of repository.issues.values()) {
      const { pull } = issue;
      if (!pull || issue.state !== "open") continue;
      if (pull.head.repository !== pushed || pull.head.ref !== branch) continue;
      const before = pull.head.sha;
      if (after === ZERO_SHA) {
        // GitHub closes what has lost its branch.
        setState(world, repository, issue, actor, "closed");
        changed(world, repository, issue);
        continue;
      }
      await repository.git.fetchFrom(pushed.git, after, `refs/pull/${issue.number}/head`);
      pull.head.sha = after;
      pull.base.sha = (await repository.git.branch(pull.base.ref)) ?? pull.base.sha;
      issue.updatedAt = world.clock.now();
      pull.pushes.push({ at: issue.updatedAt, user: actor.user, sha: after });
      void tellPull(world, repository, issue, actor, "synchronize", { before, after });
      changed(world, repository, issue);
    }
  }
}

/** Merges with a merge commit and closes the issues that the body names. */
export async function mergePull(
  world: World,
  repository: RepositoryRecord,
  issue: IssueRecord,
  actor: Actor,
  message?: string,
): Promise<string | undefined> {
  const pull = pullOf(issue);
  const { git } = repository;
  const base = await git.branch(pull.base.ref);
  const tree = base && (await git.mergeTree(base, pull.head.sha));
  if (!base || !tree) return undefined;
  const { login, id } = actor.user;
  const email = `${id}+${login}@users.noreply.github.com`;
  const title =
    message ??
    `Merge pull request #${issue.number} from ${label(pull.head.repository, pull.head.ref, "/")}`;
  const sha = (
    await git.git([
      "-c",
      `user.name=${login}`,
      "-c",
      `user.email=${email}`,
      "commit-tree",
      tree,
      "-p",
      base,
      "-p",
      pull.head.sha,
      "-m",
      title,
    ])
  )
    .toString()
    .trim();
  const ref = `refs/heads/${pull.base.ref}`;
  await git.updateRef(ref, sha, base);
  pull.mergedAt = world.clock.now();
  pull.mergedBy = actor.user;
  pull.mergeCommitSha = sha;
  setState(world, repository, issue, actor, "closed");
  if (pull.base.ref === repository.defaultBranch) closeNamed(world, repository, issue, actor);
  await refsChanged(world, repository, actor, [{ ref, before: base, after: sha }]);
  changed(world, repository, issue);
  return sha;
}

const CLOSING_WORDS = /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+#(\d+)/gi;

function closeNamed(world: World, repository: RepositoryRecord, pull: IssueRecord, actor: Actor) {
  for (const [, number] of (pull.body ?? "").matchAll(CLOSING_WORDS)) {
    const issue = repository.issues.get(Number(number));
    if (issue?.state === "open" && !issue.pull) setState(world, repository, issue, actor, "closed");
  }
}

async function endsOf(world: World, repository: RepositoryRecord, wanted: NewPull) {
  const baseSha = await repository.git.branch(wanted.base);
  if (!baseSha) throw validationFailed({ resource: "PullRequest", field: "base", code: "invalid" });
  const [ref = "", owner] = wanted.head.split(":").reverse();
  const from = owner ? forkOf(world, repository, owner) : repository;
  const sha = await from?.git.branch(ref);
  if (!from || !sha) {
    throw validationFailed({ resource: "PullRequest", field: "head", code: "invalid" });
  }
  return { baseSha, head: { repository: from, ref, sha } };
}

function forkOf(
  world: World,
  repository: RepositoryRecord,
  owner: string,
): RepositoryRecord | undefined {
  const root = repository.parent ?? repository;
  return [...world.store.repositories.values()].find(
    (one) =>
      (one === root || one.parent === root) &&
      one.owner.login.toLowerCase() === owner.toLowerCase(),
  );
}

function refuseDuplicate(
  repository: RepositoryRecord,
  head: { repository: RepositoryRecord; ref: string },
  base: string,
): void {
  for (const { state, pull } of repository.issues.values()) {
    if (state !== "open" || !pull || pull.base.ref !== base) continue;
    if (pull.head.repository !== head.repository || pull.head.ref !== head.ref) continue;
    throw pullError(`A pull request already exists for ${label(head.repository, head.ref)}.`);
  }
}

function pullError(message: string) {
  return validationFailed({ resource: "PullRequest", code: "custom", message });
}

function label(repository: RepositoryRecord | null, ref: string, separator = ":"): string {
  return `${repository?.owner.login ?? "unknown"}${separator}${ref}`;
}
