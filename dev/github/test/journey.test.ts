import { execFile } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/rest";
import { expect, test } from "vitest";
import { startGitHub } from "../index.ts";
import { receiveWebhooks } from "./webhook-receiver.ts";

const run = promisify(execFile);

test("an App hears a command, answers, pushes with its token and sees the head move", async () => {
  await using github = await startGitHub();
  await using hooks = await receiveWebhooks();
  const ada = github.createUser({ login: "ada" });
  const app = github.createApp({
    slug: "boxer",
    permissions: { contents: "write", issues: "write", pull_requests: "write" },
    events: ["issue_comment", "pull_request", "push"],
    webhookUrl: hooks.url,
    webhookSecret: "quiet please",
  });
  const repository = await github.createRepository({
    owner: "ada",
    name: "engine",
    private: true,
    files: { "README.md": "# Engine\n", "src/main.js": "let a = 1;\n" },
  });
  const installation = github.installApp(app, { account: "ada" });
  await repository.commit("feat/x", { "src/main.js": "let a = 2;\n" }, { author: "ada" });
  const pull = await repository.createPullRequest({
    author: "ada",
    title: "Two",
    head: "feat/x",
    base: "main",
  });
  const said = await repository.comment(pull.number, { author: "ada", body: "/box fix" });
  expect((await said.delivered).map((one) => one.status)).toEqual([202]);
  const [hook] = hooks.of("issue_comment");
  expect(hook?.payload.issue.pull_request.url).toContain("/pulls/1");
  expect(hook?.payload.installation.id).toBe(installation);
  expect(hook?.headers["x-hub-signature-256"]).toBe(
    `sha256=${createHmac("sha256", "quiet please")
      .update(hook?.body ?? "")
      .digest("hex")}`,
  );

  const octokit = new Octokit({
    baseUrl: github.apiUrl,
    authStrategy: createAppAuth,
    auth: { appId: app.appId, privateKey: app.privateKey, installationId: installation },
  });
  const at = { owner: "ada", repo: "engine" };
  await octokit.rest.reactions.createForIssueComment({
    ...at,
    comment_id: said.id,
    content: "eyes",
  });
  const { data: progress } = await octokit.rest.issues.createComment({
    ...at,
    issue_number: pull.number,
    body: "Working",
  });
  await octokit.rest.issues.updateComment({ ...at, comment_id: progress.id, body: "Done" });
  expect(repository.history(progress.id).map((one) => one.body)).toEqual(["Working", "Done"]);
  const { data: permission } = await octokit.rest.repos.getCollaboratorPermissionLevel({
    ...at,
    username: "ada",
  });
  expect(permission.permission).toBe("admin");

  const { token } = (await octokit.auth({ type: "installation" })) as { token: string };
  const folder = await mkdtemp(join(tmpdir(), "dev-github-clone-"));
  try {
    const git = (...argv: string[]) =>
      run("git", ["-c", "user.name=b", "-c", "user.email=b@example.com", ...argv], { cwd: folder });
    const url = repository.cloneUrl.replace("://", `://x-access-token:${token}@`);
    await git("clone", "-q", "-b", "feat/x", url, ".");
    await writeFile(join(folder, "src/main.js"), "let a = 3;\n");
    await git("commit", "-qam", "Three");
    await git("push", "-q", "origin", "feat/x");
  } finally {
    await rm(folder, { recursive: true });
  }
  const { data: moved } = await octokit.rest.pulls.get({ ...at, pull_number: pull.number });
  expect(moved.head.sha).toBe((await repository.branches())["feat/x"]);
  await github.settled();
  const synchronize = hooks
    .of("pull_request")
    .find((one) => one.payload.action === "synchronize")?.payload;
  expect(synchronize.after).toBe(moved.head.sha);
  expect(synchronize.sender.login).toBe("boxer[bot]");
  expect(github.contractViolations).toEqual([]);
  expect(ada.login).toBe("ada");
});
