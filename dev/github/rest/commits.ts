import type { Commit } from "../git/parse-log.ts";
import { commitJson } from "../json/commit.ts";
import { fileJson } from "../json/file.ts";
import { simplePullJson } from "../json/pull.ts";
import { HttpError, notFound } from "./errors.ts";
import { linkHeader, paged, pageOf } from "./page.ts";
import { type Call, needs, ok, type Route, route } from "./route.ts";

const READ = needs("contents:read");

/** Compare lists no more than this. */
const MOST_COMPARED_COMMITS = 250;
const MOST_COMPARED_FILES = 300;

export const commitRoutes: Route[] = [
  route("GET /repos/{owner}/{repo}/commits", READ, listCommits),
  route("GET /repos/{owner}/{repo}/compare/{basehead}", READ, compare),
  route(
    "GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls",
    needs("pull_requests:read"),
    (call) => {
      const { repository, world } = call;
      const sha = call.param("commit_sha");
      const pulls = [...repository.issues.values()].filter((issue) => issue.pull?.head.sha === sha);
      const { items, headers } = paged(call, pulls);
      return ok(
        items.map((issue) => simplePullJson(world, repository, issue)),
        headers,
      );
    },
  ),
  route("GET /repos/{owner}/{repo}/commits/{ref}", READ, async (call) => {
    const { world, repository } = call;
    const commit = await commitAt(call, call.param("ref"));
    const files = await repository.git.diff(commit.parents[0] ?? null, commit.sha);
    const additions = files.reduce((sum, file) => sum + file.additions, 0);
    const deletions = files.reduce((sum, file) => sum + file.deletions, 0);
    return ok({
      ...commitJson(world, repository, commit),
      stats: { additions, deletions, total: additions + deletions },
      files: files.map((file) => fileJson(world, repository, commit.sha, file)),
    });
  }),
];

async function listCommits(call: Call) {
  const { world, repository } = call;
  const name = call.query.get("sha") || repository.defaultBranch;
  const sha = await repository.git.resolve(name);
  if (!sha) {
    if ((await repository.git.refs()).size > 0) throw notFound();
    throw new HttpError(409, { message: "Git Repository is empty." });
  }
  const { page, perPage, skip } = pageOf(call);
  const path = call.query.get("path");
  // One more than asked tells whether there is another page.
  const commits = await repository.git.log([sha], {
    limit: perPage + 1,
    skip,
    ...(path && { path }),
  });
  return ok(
    commits.slice(0, perPage).map((commit) => commitJson(world, repository, commit)),
    linkHeader(call, page, commits.length > perPage ? page + 1 : page),
  );
}

async function compare(call: Call) {
  const { world, repository } = call;
  const { git } = repository;
  const [, from = "", to = ""] = /^(.+?)\.\.\.(.+)$/.exec(call.param("basehead")) ?? [];
  const [base, head] = await Promise.all([endAt(call, from), endAt(call, to)]);
  const fork = await mergeBase(call, base.sha, head.sha);
  const [{ ahead, behind }, commits, files] = await Promise.all([
    git.distance(base.sha, head.sha),
    git.log([head.sha, `^${base.sha}`], { reverse: true, limit: MOST_COMPARED_COMMITS }),
    git.diff(fork.sha, head.sha),
  ]);
  const url = `${world.apiUrl}/repos/${repository.fullName}/compare/${from}...${to}`;
  const web = `${world.url}/${repository.fullName}`;
  const { items, headers } = paged(call, commits);
  return ok(
    {
      url,
      html_url: `${web}/compare/${from}...${to}`,
      permalink_url: `${web}/compare/${base.sha.slice(0, 7)}...${head.sha.slice(0, 7)}`,
      diff_url: `${web}/compare/${from}...${to}.diff`,
      patch_url: `${web}/compare/${from}...${to}.patch`,
      base_commit: commitJson(world, repository, base),
      merge_base_commit: commitJson(world, repository, fork),
      status: statusOf(ahead, behind),
      ahead_by: ahead,
      behind_by: behind,
      total_commits: ahead,
      commits: items.map((commit) => commitJson(world, repository, commit)),
      files: files
        .slice(0, MOST_COMPARED_FILES)
        .map((file) => fileJson(world, repository, head.sha, file)),
    },
    headers,
  );
}

function statusOf(ahead: number, behind: number): string {
  if (ahead > 0 && behind > 0) return "diverged";
  if (ahead > 0) return "ahead";
  return behind > 0 ? "behind" : "identical";
}

async function mergeBase(call: Call, base: string, head: string): Promise<Commit> {
  const sha = await call.repository.git.mergeBase(base, head);
  const commit = sha && (await call.repository.git.commitOf(sha));
  if (!commit)
    throw new HttpError(404, { message: `No common ancestor between ${base} and ${head}.` });
  return commit;
}

/** `branch`, sha or `owner:branch` of a fork; a fork's commits are brought here to be compared. */
async function endAt(call: Call, name: string): Promise<Commit> {
  const [ref = "", owner] = name.split(":").reverse();
  const { repository, world } = call;
  if (!owner || owner.toLowerCase() === repository.owner.login.toLowerCase()) {
    return commitAt(call, ref);
  }
  const fork = [...world.store.repositories.values()].find(
    (one) => one.parent === repository && one.owner.login.toLowerCase() === owner.toLowerCase(),
  );
  const sha = await fork?.git.branch(ref);
  if (!fork || !sha) throw notFound();
  await repository.git.fetchFrom(fork.git, sha, `refs/pull/compare/${sha}`);
  return commitAt(call, sha);
}

async function commitAt(call: Call, name: string): Promise<Commit> {
  const { git } = call.repository;
  const sha =
    name === "HEAD" ? await git.branch(call.repository.defaultBranch) : await git.resolve(name);
  const commit = sha && (await git.commitOf(sha));
  if (!commit) throw new HttpError(422, { message: `No commit found for SHA: ${name}` });
  return commit;
}
