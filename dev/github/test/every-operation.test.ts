import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/rest";
import { expect, test } from "vitest";
import { startGitHub } from "../index.ts";
import { routes } from "../rest/routes.ts";
import { receiveWebhooks } from "./webhook-receiver.ts";

test("every operation answers what GitHub's OpenAPI description says", async () => {
  await using github = await startGitHub({ contentRequestsAMinute: 1000 });
  await using hooks = await receiveWebhooks();
  github.createUser({ login: "ada" });
  const bob = github.createUser({ login: "bob" });
  const app = github.createApp({
    slug: "boxer",
    permissions: {
      contents: "write",
      issues: "write",
      pull_requests: "write",
      checks: "write",
      statuses: "write",
      actions: "read",
    },
    events: ["issue_comment", "check_run"],
    webhookUrl: hooks.url,
    webhookSecret: "s",
  });
  const repository = await github.createRepository({
    owner: "ada",
    name: "engine",
    files: { "README.md": "# Engine\n", "src/main.js": "one\ntwo\nthree\n" },
  });
  repository.setPermission("bob", "triage");
  const installationId = github.installApp(app, { account: "ada" });
  const head = await repository.commit("feat/x", { "src/main.js": "one\n2\nthree\n" });
  await repository.commit("feat/y", { "src/other.js": "other\n" });
  const authStrategy = createAppAuth;
  const asApp = new Octokit({
    baseUrl: github.apiUrl,
    authStrategy,
    auth: { appId: app.appId, privateKey: app.privateKey },
  }).rest;
  const octokit = new Octokit({
    baseUrl: github.apiUrl,
    authStrategy,
    auth: { appId: app.appId, privateKey: app.privateKey, installationId },
  });
  const { rest } = octokit;
  const person = new Octokit({ baseUrl: github.url, auth: bob.token }).rest;
  const at = { owner: "ada", repo: "engine" };

  await rest.rateLimit.get();
  await asApp.apps.getAuthenticated();
  await asApp.apps.listInstallations();
  await asApp.apps.getInstallation({ installation_id: installationId });
  await asApp.apps.getRepoInstallation(at);
  await rest.apps.listReposAccessibleToInstallation();
  expect((await person.users.getAuthenticated()).data.login).toBe("bob");
  const { data: bot } = await rest.users.getByUsername({ username: "boxer[bot]" });
  expect(bot).toMatchObject({ id: app.botUser.id, type: "Bot" });
  await rest.repos.get(at);
  await rest.repos.listCollaborators(at);
  await rest.repos.checkCollaborator({ ...at, username: "bob" });
  const { data: level } = await rest.repos.getCollaboratorPermissionLevel({
    ...at,
    username: "bob",
  });
  expect([level.permission, level.role_name]).toEqual(["read", "triage"]);

  await rest.repos.listBranches(at);
  const { data: branch } = await rest.repos.getBranch({ ...at, branch: "feat/x" });
  expect(branch.commit.sha).toBe(head);
  const { data: ref } = await rest.git.getRef({ ...at, ref: "heads/feat/x" });
  expect(ref.object.sha).toBe(head);
  await rest.git.listMatchingRefs({ ...at, ref: "heads/feat" });
  await rest.git.createRef({ ...at, ref: "refs/heads/feat/z", sha: head });
  await rest.git.updateRef({ ...at, ref: "heads/feat/z", sha: head });
  await rest.git.deleteRef({ ...at, ref: "heads/feat/z" });
  const { data: commit } = await rest.git.getCommit({ ...at, commit_sha: head });
  const { data: tree } = await rest.git.getTree({
    ...at,
    tree_sha: commit.tree.sha,
    recursive: "1",
  });
  const blob = tree.tree.find((one) => one.path === "src/main.js");
  const { data: content } = await rest.git.getBlob({ ...at, file_sha: blob?.sha ?? "" });
  expect(Buffer.from(content.content, "base64").toString()).toBe("one\n2\nthree\n");
  await rest.repos.getContent({ ...at, path: "" });
  const { data: file } = await rest.repos.getContent({ ...at, path: "src/main.js", ref: "feat/x" });
  expect(file).toMatchObject({ type: "file", path: "src/main.js", name: "main.js" });
  const { data: raw } = await rest.repos.getContent({
    ...at,
    path: "src/main.js",
    mediaType: { format: "raw" },
  });
  expect(raw).toBe("one\ntwo\nthree\n");
  await rest.repos.getReadme(at);
  const { data: compared } = await rest.repos.compareCommitsWithBasehead({
    ...at,
    basehead: "main...feat/x",
  });
  expect(compared).toMatchObject({ status: "ahead", ahead_by: 1, behind_by: 0 });
  expect(compared.files?.[0]?.patch).toBe("@@ -1,3 +1,3 @@\n one\n-two\n+2\n three");
  await rest.repos.listCommits({ ...at, sha: "feat/x", path: "src" });
  await rest.repos.getCommit({ ...at, ref: "feat/x" });

  const { data: issue } = await rest.issues.create({
    ...at,
    title: "Broken",
    body: "It is",
    labels: ["bug"],
  });
  await rest.issues.listForRepo({ ...at, labels: "bug" });
  await rest.issues.get({ ...at, issue_number: issue.number });
  const { data: said } = await rest.issues.createComment({
    ...at,
    issue_number: issue.number,
    body: "Hello",
  });
  await rest.issues.getComment({ ...at, comment_id: said.id });
  await rest.issues.updateComment({ ...at, comment_id: said.id, body: "Hello there" });
  await rest.issues.listComments({ ...at, issue_number: issue.number });
  await rest.issues.listCommentsForRepo(at);
  const comment = { ...at, comment_id: said.id };
  const heart = { content: "heart" } as const;
  const { data: one, status } = await rest.reactions.createForIssueComment({
    ...comment,
    ...heart,
  });
  expect(status).toBe(201);
  expect((await rest.reactions.createForIssueComment({ ...comment, ...heart })).status).toBe(200);
  await rest.reactions.listForIssueComment(comment);
  await rest.reactions.deleteForIssueComment({ ...comment, reaction_id: one.id });
  const onIssue = { ...at, issue_number: issue.number };
  const { data: two } = await rest.reactions.createForIssue({ ...onIssue, ...heart });
  await rest.reactions.listForIssue(onIssue);
  await rest.reactions.deleteForIssue({ ...onIssue, reaction_id: two.id });
  await rest.issues.deleteComment(comment);
  await rest.issues.addLabels({ ...onIssue, labels: ["good first issue"] });
  await rest.issues.listLabelsOnIssue(onIssue);
  await rest.issues.removeLabel({ ...onIssue, name: "good first issue" });
  await rest.issues.setLabels({ ...onIssue, labels: ["bug", "later"] });
  await rest.issues.createLabel({ ...at, name: "box", color: "0052cc" });
  await rest.issues.getLabel({ ...at, name: "box" });
  await rest.issues.listLabelsForRepo(at);
  await rest.issues.deleteLabel({ ...at, name: "box" });

  const { data: pull } = await rest.pulls.create({
    ...at,
    title: "Two",
    head: "feat/x",
    base: "main",
    body: `Closes #${issue.number}`,
  });
  expect(pull).toMatchObject({ mergeable: true, commits: 1, additions: 1, changed_files: 1 });
  const of = { ...at, pull_number: pull.number };
  const { data: listed } = await rest.pulls.list({ ...at, head: "ada:feat/x", state: "open" });
  expect(listed.map((found) => found.number)).toEqual([pull.number]);
  await rest.pulls.get(of);
  const { data: diff } = await rest.pulls.get({ ...of, mediaType: { format: "diff" } });
  expect(String(diff)).toContain("diff --git a/src/main.js b/src/main.js");
  await rest.pulls.update({ ...of, title: "Two, really" });
  await rest.pulls.listFiles(of);
  await rest.pulls.listCommits(of);
  await rest.repos.listPullRequestsAssociatedWithCommit({ ...at, commit_sha: head });
  await rest.pulls.requestReviewers({ ...of, reviewers: ["bob"] });
  await rest.pulls.listRequestedReviewers(of);
  await rest.pulls.removeRequestedReviewers({ ...of, reviewers: ["bob"] });
  const { data: remark } = await person.pulls.createReviewComment({
    ...of,
    body: "Why?",
    path: "src/main.js",
    line: 2,
    commit_id: head,
  });
  const onRemark = { ...at, comment_id: remark.id };
  const { data: reply } = await rest.pulls.createReplyForReviewComment({
    ...of,
    comment_id: remark.id,
    body: "Because",
  });
  expect(reply.in_reply_to_id).toBe(remark.id);
  await rest.pulls.getReviewComment(onRemark);
  await rest.pulls.updateReviewComment({ ...at, comment_id: reply.id, body: "Because of it" });
  await rest.pulls.listReviewComments(of);
  await rest.pulls.listReviewCommentsForRepo(at);
  const { data: three } = await rest.reactions.createForPullRequestReviewComment({
    ...onRemark,
    content: "eyes",
  });
  await rest.reactions.listForPullRequestReviewComment(onRemark);
  await rest.reactions.deleteForPullRequestComment({ ...onRemark, reaction_id: three.id });
  await rest.pulls.deleteReviewComment({ ...at, comment_id: reply.id });
  const { data: review } = await person.pulls.createReview({
    ...of,
    event: "COMMENT",
    body: "Hm",
    comments: [{ path: "src/main.js", line: 3, body: "And this?" }],
  });
  await rest.pulls.listReviews(of);
  await rest.pulls.getReview({ ...of, review_id: review.id });
  const { data: parts } = await rest.pulls.listCommentsForReview({ ...of, review_id: review.id });
  expect(parts.map((part) => part.body)).toEqual(["And this?"]);

  const { data: check } = await rest.checks.create({
    ...at,
    name: "box",
    head_sha: head,
    status: "in_progress",
  });
  await rest.checks.get({ ...at, check_run_id: check.id });
  const { data: done } = await rest.checks.update({
    ...at,
    check_run_id: check.id,
    conclusion: "success",
    output: {
      title: "Fine",
      summary: "All of it",
      annotations: [
        {
          path: "src/main.js",
          start_line: 2,
          end_line: 2,
          annotation_level: "notice",
          message: "Look",
        },
      ],
    },
    actions: [{ label: "Retry", description: "Once more", identifier: "retry" }],
  });
  expect(done).toMatchObject({ status: "completed", conclusion: "success" });
  await rest.checks.listAnnotations({ ...at, check_run_id: check.id });
  await rest.checks.rerequestRun({ ...at, check_run_id: check.id });
  const { data: checks } = await rest.checks.listForRef({ ...at, ref: "feat/x" });
  expect(checks.total_count).toBe(1);
  const job = { sha: head, name: "ci", conclusion: "failure", log: "not ok 1\n" };
  const job_id = repository.addCheckRun(job);
  expect((await rest.actions.downloadJobLogsForWorkflowRun({ ...at, job_id })).data).toBe(job.log);
  await rest.repos.createCommitStatus({ ...at, sha: head, state: "success", context: "ci" });
  await rest.repos.getCombinedStatusForRef({ ...at, ref: "feat/x" });
  await rest.repos.listCommitStatusesForRef({ ...at, ref: "feat/x" });

  await rest.pulls.merge(of);
  const { data: closed } = await rest.issues.get({ ...at, issue_number: issue.number });
  expect(closed).toMatchObject({ state: "closed", state_reason: "completed" });
  await rest.issues.update({ ...at, issue_number: issue.number, state: "open" });

  await github.settled();
  const { data: deliveries } = await asApp.apps.listWebhookDeliveries();
  const [delivery] = deliveries;
  await asApp.apps.getWebhookDelivery({ delivery_id: delivery?.id ?? 0 });
  await asApp.apps.redeliverWebhookDelivery({ delivery_id: delivery?.id ?? 0 });
  await github.settled();
  expect(github.deliveries.at(-1)).toMatchObject({ guid: delivery?.guid, redelivery: true });
  await rest.apps.revokeInstallationAccessToken();

  expect(github.contractViolations).toEqual([]);
  const tried = new Set(
    github.requests.filter((one) => one.status < 400).map((one) => one.operation),
  );
  expect(routes.map((route) => route.operation).filter((name) => !tried.has(name))).toEqual([]);
});
