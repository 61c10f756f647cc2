import { verify } from "@octokit/webhooks-methods";
import { expect, test } from "vitest";
import { startGitHub } from "../index.ts";
import { gitClient, withToken } from "./git-client.ts";
import { receiveWebhooks } from "./webhook-receiver.ts";

const SECRET = "not so secret";
const ALL_EVENTS = [
  "issue_comment",
  "issues",
  "pull_request",
  "pull_request_review",
  "pull_request_review_comment",
  "push",
  "check_run",
];

async function setUp(events = ALL_EVENTS) {
  const github = await startGitHub();
  const hooks = await receiveWebhooks();
  github.createUser({ login: "acme", type: "Organization" });
  github.createUser({ login: "ada" });
  const app = github.createApp({
    slug: "boxer",
    permissions: { contents: "write", issues: "write", pull_requests: "write", checks: "write" },
    events,
    webhookUrl: hooks.url,
    webhookSecret: SECRET,
  });
  const repository = await github.createRepository({
    owner: "acme",
    name: "engine",
    files: { "a.txt": "1\n2\n3\n" },
  });
  repository.setPermission("ada", "write");
  const installation = github.installApp(app, { account: "acme" });
  await github.settled();
  return {
    ...{ github, hooks, app, repository, installation },
    async [Symbol.asyncDispose]() {
      await github.close();
      await hooks[Symbol.asyncDispose]();
    },
  };
}

test("a delivery is signed, named and shaped like GitHub's", async () => {
  await using at = await setUp();
  const { number } = await at.repository.createIssue({ author: "ada", title: "One" });
  const said = await at.repository.comment(number, { author: "ada", body: "/box fix – ü" });
  const [delivery] = await said.delivered;
  const [hook] = at.hooks.of("issue_comment");
  expect(hook?.headers).toMatchObject({
    "content-type": "application/json",
    "x-github-delivery": delivery?.guid,
    "x-github-hook-installation-target-id": String(at.app.appId),
    "x-github-hook-installation-target-type": "integration",
    "user-agent": expect.stringMatching(/^GitHub-Hookshot\//),
  });
  expect(delivery?.guid).toMatch(/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/);
  const signature = String(hook?.headers["x-hub-signature-256"]);
  expect(await verify(SECRET, hook?.body ?? "", signature)).toBe(true);
  expect(hook?.payload).toMatchObject({
    action: "created",
    comment: { body: "/box fix – ü", user: { login: "ada", type: "User" } },
    issue: { number, state: "open" },
    repository: { full_name: "acme/engine", owner: { type: "Organization" } },
    organization: { login: "acme" },
    sender: { login: "ada" },
    installation: { id: at.installation },
  });
  expect(hook?.payload.comment.author_association).toBe("MEMBER");
  expect(hook?.payload.issue).not.toHaveProperty("pull_request");
});

test("installing an App tells it which repositories it got", async () => {
  await using at = await setUp();
  expect(at.hooks.of("installation")[0]?.payload).toMatchObject({
    action: "created",
    installation: { id: at.installation, app_slug: "boxer", target_type: "Organization" },
    repositories: [{ full_name: "acme/engine" }],
  });
});

test("what an App does is told as its bot's doing", async () => {
  await using at = await setUp();
  await at.repository.createIssue({ author: "ada", title: "One" });
  const token = at.github.createInstallationToken(at.installation);
  const post = (method: string, path: string, body: object) =>
    fetch(`${at.github.apiUrl}/repos/acme/engine/issues/${path}`, {
      method,
      headers: { authorization: `token ${token}` },
      body: JSON.stringify(body),
    }).then((response) => response.json() as Promise<{ id: number }>);
  const { id } = await post("POST", "1/comments", { body: "One" });
  await post("PATCH", `comments/${id}`, { body: "Two" });
  await at.github.settled();
  const [created, edited] = at.hooks.of("issue_comment").map((one) => one.payload);
  expect(created.sender).toMatchObject({ login: "boxer[bot]", type: "Bot", id: at.app.botUser.id });
  expect(created.comment.performed_via_github_app.slug).toBe("boxer");
  expect(edited).toMatchObject({ action: "edited", changes: { body: { from: "One" } } });
});

test("issues, labels, edits and closing are each their own event", async () => {
  await using at = await setUp();
  const { number } = await at.repository.createIssue({ author: "ada", title: "One", body: "a" });
  await at.repository.label(number, "box", { by: "ada" });
  at.repository.edit(number, { by: "ada", title: "Two" });
  at.repository.edit(number, { by: "ada", state: "closed" });
  await at.github.settled();
  const payloads = at.hooks.of("issues").map((one) => one.payload);
  expect(payloads.map((one) => one.action).sort()).toEqual(
    ["opened", "labeled", "edited", "closed"].sort(),
  );
  const labeled = payloads.find((one) => one.action === "labeled");
  expect(labeled).toMatchObject({ label: { name: "box" }, issue: { labels: [{ name: "box" }] } });
});

test("pull requests, reviews and review comments tell what they are about", async () => {
  await using at = await setUp();
  const sha = await at.repository.commit("fix", { "a.txt": "1\ntwo\n3\n" }, { author: "ada" });
  const { number, delivered } = await at.repository.createPullRequest({
    author: "ada",
    title: "Two",
    head: "fix",
    base: "main",
  });
  await delivered;
  const opened = at.hooks.of("pull_request")[0]?.payload;
  expect(opened).toMatchObject({
    action: "opened",
    number,
    pull_request: {
      head: { ref: "fix", sha, repo: { full_name: "acme/engine" } },
      base: { ref: "main" },
      additions: 1,
      changed_files: 1,
    },
  });
  const remark = await at.repository.reviewComment(number, {
    author: "ada",
    body: "/box why",
    path: "a.txt",
    line: 2,
  });
  await remark.delivered;
  expect(at.hooks.of("pull_request_review_comment")[0]?.payload).toMatchObject({
    action: "created",
    comment: { path: "a.txt", line: 2, diff_hunk: "@@ -1,3 +1,3 @@\n 1\n-2\n+two" },
    pull_request: { number },
  });
  const review = await at.repository.review(number, {
    author: "acme",
    event: "APPROVE",
    body: "Yes",
  });
  await review.delivered;
  expect(at.hooks.of("pull_request_review")[0]?.payload).toMatchObject({
    action: "submitted",
    review: { state: "approved", body: "Yes" },
  });
  const comment = await at.repository.comment(number, { author: "ada", body: "/box" });
  await comment.delivered;
  expect(at.hooks.of("issue_comment")[0]?.payload.issue.pull_request).toHaveProperty("diff_url");
});

test("a push over git lists its commits, with what each changed", async () => {
  await using at = await setUp();
  await using client = await gitClient();
  const token = at.github.createInstallationToken(at.installation);
  await client.git("clone", "-q", withToken(at.repository.cloneUrl, token), "work");
  const git = client.in("work");
  await git("mv", "a.txt", "b.txt");
  await git("commit", "-qm", "Move");
  await git("push", "-q", "origin", "HEAD:refs/heads/moved");
  await at.github.settled();
  const push = at.hooks.of("push")[0]?.payload;
  expect(push).toMatchObject({
    ref: "refs/heads/moved",
    before: "0".repeat(40),
    created: true,
    forced: false,
    pusher: { name: "boxer[bot]" },
    head_commit: { message: "Move", added: ["b.txt"], removed: ["a.txt"] },
  });
});

test("what the workflow's token pushes starts nothing", async () => {
  await using at = await setUp();
  await using client = await gitClient();
  const token = at.github.createActionsToken("acme/engine", {
    permissions: { contents: "write" },
  });
  await client.git("clone", "-q", withToken(at.repository.cloneUrl, token), "work");
  await client.in("work")("push", "-q", "origin", "HEAD:refs/heads/quiet");
  await at.github.settled();
  expect(await at.repository.branches()).toHaveProperty("quiet");
  expect(at.hooks.of("push")).toEqual([]);
});

test("an App hears only what it subscribed to and may see", async () => {
  await using at = await setUp(["push"]);
  at.github.createUser({ login: "eve" });
  const blind = at.github.createApp({
    slug: "blind",
    permissions: { checks: "read" },
    events: ["issue_comment"],
    webhookUrl: at.hooks.url,
  });
  at.github.installApp(blind, { account: "acme" });
  const { number } = await at.repository.createIssue({ author: "ada", title: "One" });
  const said = await at.repository.comment(number, { author: "ada", body: "Hello" });
  expect(await said.delivered).toEqual([]);
  expect(at.hooks.of("issue_comment")).toEqual([]);
});

test("a button of a check run reaches the App that made it", async () => {
  await using at = await setUp();
  const token = at.github.createInstallationToken(at.installation);
  const made = await fetch(`${at.github.url}/repos/acme/engine/check-runs`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ name: "box", head_sha: (await at.repository.branches()).main }),
  });
  const { id } = (await made.json()) as { id: number };
  await at.repository.pressCheck(id, { by: "ada", identifier: "cancel" });
  expect(at.hooks.of("check_run").at(-1)?.payload).toMatchObject({
    action: "requested_action",
    requested_action: { identifier: "cancel" },
    check_run: { id },
    sender: { login: "ada" },
  });
});

test("a redelivery has the same GUID and body, and the log says how each attempt went", async () => {
  await using github = await startGitHub();
  let status = 500;
  await using hooks = await receiveWebhooks(() => status);
  github.createUser({ login: "ada" });
  const app = github.createApp({
    slug: "boxer",
    permissions: { issues: "read" },
    events: ["issues"],
    webhookUrl: hooks.url,
  });
  const repository = await github.createRepository({ owner: "ada", name: "engine" });
  github.installApp(app, { account: "ada" });
  await github.settled();
  const { delivered } = await repository.createIssue({ author: "ada", title: "One" });
  const [first] = await delivered;
  expect(first).toMatchObject({ status: 500, redelivery: false });
  status = 202;
  const again = await github.redeliver(first?.guid ?? "");
  expect(again).toMatchObject({ status: 202, redelivery: true, guid: first?.guid });
  const [one, two] = hooks.of("issues");
  expect(two?.body).toBe(one?.body);
  github.setWebhook(app, "http://127.0.0.1:1/");
  expect(await github.redeliver(first?.guid ?? "")).toMatchObject({ status: 0 });
});

test("listeners hear how often a comment was edited", async () => {
  await using at = await setUp([]);
  const heard: unknown[] = [];
  const stop = at.github.on("comment", ({ action, edits, body }) =>
    heard.push([action, edits, body]),
  );
  const { number } = await at.repository.createIssue({ author: "ada", title: "One" });
  const said = await at.repository.comment(number, { author: "ada", body: "a" });
  await at.repository.editComment(said.id, { body: "b" });
  await at.repository.editComment(said.id, { body: "c" });
  await at.repository.deleteComment(said.id);
  stop();
  await at.repository.comment(number, { author: "ada", body: "unheard" });
  expect(heard).toEqual([
    ["created", 0, "a"],
    ["edited", 1, "b"],
    ["edited", 2, "c"],
    ["deleted", 2, "c"],
  ]);
});
