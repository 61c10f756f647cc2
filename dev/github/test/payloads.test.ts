import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type DevGitHub, startGitHub } from "../index.ts";
import { receiveWebhooks } from "./webhook-receiver.ts";

type Payload = Record<string, unknown>;

const examples: { name: string; examples: Payload[] }[] = JSON.parse(
  readFileSync(
    createRequire(import.meta.url).resolve("@octokit/webhooks-examples/api.github.com/index.json"),
    "utf8",
  ),
);

let github: DevGitHub;
let sent: Map<string, Payload>;

beforeAll(async () => {
  github = await startGitHub();
  await using hooks = await receiveWebhooks();
  github.createUser({ login: "ada" });
  const app = github.createApp({
    slug: "boxer",
    permissions: { contents: "write", issues: "write", pull_requests: "write", checks: "write" },
    events: [
      "issue_comment",
      "issues",
      "pull_request",
      "pull_request_review",
      "pull_request_review_comment",
      "push",
      "check_run",
    ],
    webhookUrl: hooks.url,
  });
  const repository = await github.createRepository({
    owner: "ada",
    name: "engine",
    files: { "a.txt": "1\n" },
  });
  const token = github.createInstallationToken(github.installApp(app, { account: "ada" }));
  const sha = await repository.commit("fix", { "a.txt": "2\n" });
  const issue = await repository.createIssue({ author: "ada", title: "One", labels: ["bug"] });
  await repository.label(issue.number, "box", { by: "ada" });
  const pull = await repository.createPullRequest({
    author: "ada",
    title: "Two",
    head: "fix",
    base: "main",
  });
  await repository.label(pull.number, "box", { by: "ada" });
  const said = await repository.comment(pull.number, { author: "ada", body: "/box" });
  await repository.editComment(said.id, { body: "/box fix" });
  await repository.deleteComment(said.id);
  await repository.reviewComment(pull.number, {
    author: "ada",
    body: "?",
    path: "a.txt",
    line: 1,
  });
  await repository.review(pull.number, { author: "ada", event: "COMMENT", body: "Hm" });
  await fetch(`${github.url}/repos/ada/engine/check-runs`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ name: "box", head_sha: sha, conclusion: "success" }),
  });
  await repository.commit("fix", { "a.txt": "3\n" });
  repository.edit(issue.number, { by: "ada", state: "closed" });
  repository.edit(pull.number, { by: "ada", state: "closed" });
  await github.settled();
  sent = new Map(
    hooks.received.map(({ headers, payload }) => [
      [headers["x-github-event"], payload.action].filter(Boolean).join("."),
      payload,
    ]),
  );
});

afterAll(() => github.close());

test.each([
  "issue_comment.created",
  "issue_comment.edited",
  "issue_comment.deleted",
  "issues.opened",
  "issues.labeled",
  "issues.closed",
  "pull_request.opened",
  "pull_request.labeled",
  "pull_request.synchronize",
  "pull_request.closed",
  "pull_request_review.submitted",
  "pull_request_review_comment.created",
  "check_run.created",
  "check_run.completed",
  "push",
  "installation.created",
])("%s has every field that GitHub's own example has", (name) => {
  const [event, action] = name.split(".");
  const example = examples
    .find((one) => one.name === event)
    ?.examples.find((one) => one.action === action);
  expect(missing(example, sent.get(name)).filter((path) => !NOT_HERE.test(path))).toEqual([]);
});

// Not kept here, of an App with other permissions, or only with pull requests.
const NOT_HERE =
  /milestone\.|\.permissions\.|^issue\.draft$|\.deployment$|check_suite\.|\.license\.|\.organization$|assignee\.|closed_by\.|custom_properties|\.master_branch$|\.stargazers$|^organization|^enterprise/;

/** Paths of the example that the payload has nothing for. */
function missing(example: unknown, payload: unknown, path = ""): string[] {
  if (typeof example !== "object" || example === null) return [];
  if (Array.isArray(example)) {
    const [first] = Array.isArray(payload) ? payload : [];
    return first === undefined ? [] : missing(example[0], first, `${path}[]`);
  }
  // Where one has an object and the other says null, there is nothing to compare.
  if (payload === null) return [];
  return Object.entries(example).flatMap(([key, value]) => {
    const has = payload as Payload;
    const at = path ? `${path}.${key}` : key;
    return has && key in has ? missing(value, has[key], at) : [at];
  });
}
