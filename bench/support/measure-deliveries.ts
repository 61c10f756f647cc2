import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createNodeMiddleware, Probot } from "probot";
import { devAppConfig, registerApp } from "../../dev/dev-app.ts";
import {
  type App,
  type DevGitHub,
  type RepositoryHandle,
  startGitHub,
} from "../../dev/github/index.ts";
import { serveApp } from "../../src/app/serve-app.ts";
import { temporaryFolder } from "../../test/support/temporary-folder.ts";
import { interleave, type Times, warmUpRounds } from "../interleave.ts";

/** A delivery that GitHub signed and that has not arrived anywhere yet. */
interface Waiting {
  guid: string;
  repository: RepositoryHandle;
  commentId: number;
}

/** The reaction has failed when it is not there by then. */
const LIMIT_MS = 10_000;

/**
 * From the webhook's POST to the 👀 that can be read on GitHub: the App, and a Probot handler that
 * does nothing else. Each delivery comes from an installation of its own, since Probot's client makes
 * one write a second for an installation; so each mints its token first, on both sides alike.
 */
export async function measureDeliveries(samples: number): Promise<Times> {
  await using github = await startGitHub({ contentRequestsAMinute: 1_000_000 });
  await using folder = await temporaryFolder();
  github.createUser({ login: "maya" });
  const [app, bare] = [registerApp(github), registerApp(github, "only-eyes")];
  const rounds = samples + warmUpRounds(samples);
  const appDeliveries = await makeDeliveries(github, app, rounds);
  const bareDeliveries = await makeDeliveries(github, bare, rounds);

  const config = devAppConfig(github, app, {
    data: join(folder.path, "data"),
    // No job gets beyond its 👀: nothing answers there, and the box cannot be made.
    boxService: { baseUrl: "http://127.0.0.1:9", apiKey: "none" },
    agent: { harness: "claude-code" },
    concurrency: rounds,
  });
  const served = await serveApp(config);
  const server = await serveBare(github, bare);
  try {
    const { port } = server.address() as AddressInfo;
    github.setWebhook(app, `${served.url}/api/github/webhooks`);
    github.setWebhook(bare, `http://127.0.0.1:${port}/api/github/webhooks`);
    return await interleave({
      samples,
      subject: () => untilEyes(github, appDeliveries.pop()),
      baseline: () => untilEyes(github, bareDeliveries.pop()),
    });
  } finally {
    server.closeAllConnections();
    server.close();
    await served.close("The bench is over.");
  }
}

/** Comments in as many installations; their webhooks have nowhere to go yet. */
async function makeDeliveries(github: DevGitHub, app: App, count: number): Promise<Waiting[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const owner = `${app.slug}-${index}`;
      github.createUser({ login: owner });
      const files = { "README.md": "# Bench\n" };
      const repository = await github.createRepository({ owner, name: "bench", files });
      repository.setPermission("maya", "write");
      const options = { base: "main", author: "maya" };
      await repository.commit("change", { "README.md": "# Change\n" }, options);
      const pull = { author: "maya", title: "Change", head: "change", base: "main" };
      const { number } = await repository.createPullRequest(pull);
      github.installApp(app, { account: owner });
      const body = "/box run npm run format";
      const { id, delivered } = await repository.comment(number, { author: "maya", body });
      const [delivery] = await delivered;
      if (delivery === undefined) throw new Error("GitHub delivered nothing.");
      return { guid: delivery.guid, repository, commentId: id };
    }),
  );
}

async function serveBare(github: DevGitHub, app: App): Promise<Server> {
  const { appId, privateKey, webhookSecret: secret = "" } = app;
  const baseUrl = github.apiUrl;
  const probot = new Probot({ appId, privateKey, secret, baseUrl, logLevel: "fatal" });
  const onlyEyes = (robot: Probot) => {
    robot.on("issue_comment.created", async (context) => {
      const { owner, repo } = context.repo();
      const comment_id = context.payload.comment.id;
      // The event's own client would share one queue of writes with all other installations.
      const octokit = await robot.auth(context.payload.installation?.id);
      const reaction = { owner, repo, comment_id, content: "eyes" as const };
      await octokit.rest.reactions.createForIssueComment(reaction);
    });
  };
  const server = createServer(await createNodeMiddleware(onlyEyes, { probot }));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

async function untilEyes(github: DevGitHub, waiting: Waiting | undefined): Promise<number> {
  if (waiting === undefined) throw new Error("There are too few deliveries.");
  const { guid, repository, commentId } = waiting;
  const started = performance.now();
  const seen = new Promise<number>((resolve, reject) => {
    const timer = setTimeout(() => stop(() => reject(new Error("No 👀 came."))), LIMIT_MS);
    const off = github.on("changed", () => {
      if (repository.reactions({ comment: commentId }).length === 0) return;
      const milliseconds = performance.now() - started;
      stop(() => resolve(milliseconds));
    });
    const stop = (settle: () => void) => {
      clearTimeout(timer);
      off();
      settle();
    };
  });
  const [milliseconds] = await Promise.all([seen, github.redeliver(guid)]);
  return milliseconds;
}
