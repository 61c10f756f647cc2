import { hasRole } from "../access.ts";
import { editIssue } from "../acts/issues.ts";
import { mergePull, openPull } from "../acts/pulls.ts";
import { commitJson } from "../json/commit.ts";
import { fileJson } from "../json/file.ts";
import { pullJson, pullOf, simplePullJson } from "../json/pull.ts";
import { userJson } from "../json/user.ts";
import type { IssueRecord } from "../store/records.ts";
import { forbidden, HttpError, validationFailed } from "./errors.ts";
import { mayTriage } from "./issues.ts";
import { paged } from "./page.ts";
import { type Call, created, needs, ok, type Route, route } from "./route.ts";

const READ = needs("pull_requests:read");
const PULLS = "/repos/{owner}/{repo}/pulls";
const PULL = `${PULLS}/{pull_number}`;

export const pullRoutes: Route[] = [
  route(`GET ${PULLS}`, READ, (call) => {
    const { items, headers } = paged(call, matching(call));
    return ok(
      items.map((issue) => simplePullJson(call.world, call.repository, issue)),
      headers,
    );
  }),
  route(`POST ${PULLS}`, needs("pull_requests:write", "read"), createPull),
  route(`GET ${PULL}`, READ, async (call) => {
    if (/diff|patch/.test(call.headers.get("accept") ?? "")) return diff(call);
    return ok(await pullJson(call.world, call.repository, call.pull));
  }),
  route(`PATCH ${PULL}`, needs("pull_requests:write", "read"), async (call) => {
    const { world, repository, pull: issue, actor } = call;
    call.onlyAuthorOr(issue.user, mayTriage(call));
    const base = call.text("base");
    if (base !== undefined) {
      const sha = await repository.git.branch(base);
      if (!sha) {
        throw validationFailed({ resource: "PullRequest", field: "base", code: "invalid" });
      }
      pullOf(issue).base = { ref: base, sha };
    }
    editIssue(world, repository, issue, actor, {
      title: call.text("title"),
      body: call.body.body as string | null | undefined,
      state: call.body.state as "open" | "closed" | undefined,
    });
    return ok(await pullJson(world, repository, issue));
  }),
  route(`GET ${PULL}/files`, READ, async (call) => {
    const { git } = call.repository;
    const { base, head } = pullOf(call.pull);
    const files = await git.diff((await git.mergeBase(base.sha, head.sha)) ?? null, head.sha);
    const { items, headers } = paged(call, files);
    return ok(
      items.map((file) => fileJson(call.world, call.repository, head.sha, file)),
      headers,
    );
  }),
  route(`GET ${PULL}/commits`, READ, async (call) => {
    const { base, head } = pullOf(call.pull);
    const range = [head.sha, `^${base.sha}`];
    const commits = await call.repository.git.log(range, { reverse: true, limit: 250 });
    const { items, headers } = paged(call, commits);
    return ok(
      items.map((commit) => commitJson(call.world, call.repository, commit)),
      headers,
    );
  }),
  route(`PUT ${PULL}/merge`, needs("contents:write"), async (call) => {
    const { world, repository, pull: issue, actor } = call;
    const sha = call.text("sha");
    if (sha && sha !== pullOf(issue).head.sha) {
      throw new HttpError(409, {
        message: "Head branch was modified. Review and try the merge again.",
      });
    }
    const merged =
      issue.state === "open" &&
      (await mergePull(world, repository, issue, actor, call.text("commit_title")));
    if (!merged) throw new HttpError(405, { message: "Pull Request is not mergeable" });
    return ok({ sha: merged, merged: true, message: "Pull Request successfully merged" });
  }),
  route(`GET ${PULL}/requested_reviewers`, READ, (call) =>
    ok({
      users: pullOf(call.pull).requestedReviewers.map((user) => userJson(call.world, user)),
      teams: [],
    }),
  ),
  route(`POST ${PULL}/requested_reviewers`, needs("pull_requests:write"), (call) => {
    const { world, repository, pull: issue } = call;
    const pull = pullOf(issue);
    for (const login of call.texts("reviewers") ?? []) {
      const user = world.store.user(login);
      if (!user || !hasRole(repository, user, "read") || user === issue.user) {
        throw new HttpError(422, {
          message: `Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the ${repository.fullName} repository.`,
        });
      }
      if (!pull.requestedReviewers.includes(user)) pull.requestedReviewers.push(user);
    }
    return created(simplePullJson(world, repository, issue));
  }),
  route(`DELETE ${PULL}/requested_reviewers`, needs("pull_requests:write"), (call) => {
    const { world, repository, pull: issue } = call;
    const pull = pullOf(issue);
    const gone = new Set(call.texts("reviewers"));
    pull.requestedReviewers = pull.requestedReviewers.filter((user) => !gone.has(user.login));
    return ok(simplePullJson(world, repository, issue));
  }),
];

async function createPull(call: Call) {
  const { world, repository, actor, caller } = call;
  const workflow = caller.kind === "token" && caller.token.kind === "actions";
  if (workflow && !repository.actionsMayOpenPulls) {
    throw forbidden("GitHub Actions is not permitted to create or approve pull requests.");
  }
  const { issue } = await openPull(world, repository, actor, {
    title: call.required("title", "PullRequest"),
    head: call.required("head", "PullRequest"),
    base: call.required("base", "PullRequest"),
    body: call.text("body"),
    draft: call.body.draft === true,
    maintainerCanModify: call.body.maintainer_can_modify !== false,
  });
  return created(await pullJson(world, repository, issue));
}

/** Above these GitHub answers 406 to the diff media type. */
const MOST_DIFF_FILES = 300;
const MOST_DIFF_LINES = 20_000;

async function diff(call: Call) {
  const { git } = call.repository;
  const { base, head } = pullOf(call.pull);
  const from = (await git.mergeBase(base.sha, head.sha)) ?? base.sha;
  const text = (await git.diffText(from, head.sha)).toString();
  const files = text.match(/^diff --git /gm)?.length ?? 0;
  if (files > MOST_DIFF_FILES || text.split("\n").length > MOST_DIFF_LINES) {
    throw new HttpError(406, {
      message: `Sorry, the diff exceeded the maximum number of lines (${MOST_DIFF_LINES})`,
      errors: [{ resource: "PullRequest", field: "diff", code: "too_large" }],
    });
  }
  return ok(text, { "content-type": "application/vnd.github.v3.diff; charset=utf-8" });
}

function matching(call: Call): IssueRecord[] {
  const state = call.query.get("state") ?? "open";
  const base = call.query.get("base");
  const head = call.query.get("head");
  const oldestFirst = call.query.get("direction") === "asc";
  return [...call.repository.issues.values()]
    .filter(({ pull, state: has }) => {
      if (!pull || (state !== "all" && has !== state)) return false;
      if (base && pull.base.ref !== base) return false;
      // GitHub ignores a head without an owner.
      if (!head?.includes(":")) return true;
      const owner = pull.head.repository?.owner.login ?? "";
      return `${owner}:${pull.head.ref}`.toLowerCase() === head.toLowerCase();
    })
    .sort((one, other) => (oldestFirst ? one.number - other.number : other.number - one.number));
}
