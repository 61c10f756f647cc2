import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createNodeMiddleware, Probot } from "probot";
import { expect, test } from "vitest";
import { startGitHub } from "../index.ts";

test("a Probot App works against it: delivery, token, answer", async () => {
  await using github = await startGitHub();
  github.createUser({ login: "ada" });
  const app = github.createApp({
    slug: "boxer",
    permissions: { issues: "write" },
    events: ["issue_comment"],
    webhookSecret: "s",
  });
  const repository = await github.createRepository({ owner: "ada", name: "engine" });
  const probot = new Probot({
    appId: app.appId,
    privateKey: app.privateKey,
    secret: "s",
    baseUrl: github.apiUrl,
    logLevel: "fatal",
  });
  const answer = (robot: Probot) => {
    robot.on("issue_comment.created", async (context) => {
      if (context.isBot) return;
      await context.octokit.rest.issues.createComment(context.issue({ body: "Pong" }));
    });
  };
  // Probot's own server takes port 0 for 3000.
  const server = createServer(await createNodeMiddleware(answer, { probot }));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = server.address() as AddressInfo;
    github.setWebhook(app, `http://127.0.0.1:${port}/api/github/webhooks`);
    github.installApp(app, { account: "ada" });
    const { number } = await repository.createIssue({ author: "ada", title: "One" });
    const said = await repository.comment(number, { author: "ada", body: "Ping" });
    const [delivery] = await said.delivered;
    expect(delivery).toMatchObject({ status: 200, error: null });
    await github.settled();
    expect(repository.comments(number).map(({ body, user }) => [user.login, body])).toEqual([
      ["ada", "Ping"],
      ["boxer[bot]", "Pong"],
    ]);
    expect(github.contractViolations).toEqual([]);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
