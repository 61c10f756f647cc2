import { setTimeout as sleep } from "node:timers/promises";
import { registerApp } from "../../dev/dev-app.ts";
import { type DevGitHub, type RepositoryHandle, startGitHub } from "../../dev/github/index.ts";
import { openToolStore } from "../../src/app/store/open-tool-store.ts";
import type { Figure } from "../figure.ts";
import { percentile } from "../percentile.ts";
import { appProcess } from "../support/app-process.ts";
import {
  connections,
  deliverAll,
  type SignedDelivery,
  signedDelivery,
} from "../support/deliver.ts";

const DELIVERIES = 500;
const AT_ONCE = 20;
/** In as many repositories, each of an installation of its own: Probot writes once a second for one. */
const REPOSITORIES = 50;
const END_LIMIT_MS = 15 * 60_000;
const LOOK_EVERY_MS = 1_000;

interface Asked {
  repository: RepositoryHandle;
  issue: number;
  delivery: SignedDelivery;
}

/** A morning on which everybody asks at once. */
export const burst: Figure = {
  name: "burst-answered-p99",
  unit: "ms",
  // Informational: GitHub waits ten seconds, and 500 at once are more than anybody sends.
  bar: 1_000,
  good: "at most",
  baseline: `none: the p99 of the answers to ${DELIVERIES} commands sent at once over ${AT_ONCE} connections to an App with an engine in its process and concurrency ${AT_ONCE}, on the machine that sends them; the details count the jobs that ended, that were lost, and that left more or less than one comment`,
  samples: 1,
  async measure(samples) {
    await using github = await startGitHub({ contentRequestsAMinute: 1_000_000 });
    github.createUser({ login: "maya" });
    const app = registerApp(github);
    const asked: Asked[] = [];
    for (let number = 0; number < REPOSITORIES; number++) {
      asked.push(...(await askIn(github, app, `acme-${number}`)));
    }
    await using served = await appProcess(github, app, {
      engine: true,
      env: { BOX_ACTION_CONCURRENCY: String(AT_ONCE) },
    });
    const agent = connections(AT_ONCE);
    const started = performance.now();
    const deliveries = asked.map(({ delivery }) => delivery);
    const times = await deliverAll(served.webhookUrl, deliveries, agent);
    // Each again, as GitHub does when it did not hear the answer.
    await deliverAll(served.webhookUrl, deliveries, agent);
    agent.destroy();
    const store = await openToolStore({ data: served.data, databaseUrl: null });
    const ended = async () =>
      (await store.query("select 1 from jobs where state = 'ended'")).length;
    try {
      while ((await ended()) < DELIVERIES && performance.now() - started < END_LIMIT_MS) {
        await sleep(LOOK_EVERY_MS);
      }
      const comments = asked.map(({ repository, issue }) => repository.comments(issue).length - 1);
      return {
        value: percentile(times, 99),
        details: {
          p50Milliseconds: percentile(times, 50),
          longestMilliseconds: Math.max(...times),
          ended: await ended(),
          lost: comments.filter((count) => count === 0).length,
          twice: comments.filter((count) => count > 1).length,
          seconds: (performance.now() - started) / 1_000,
          samples,
        },
      };
    } finally {
      await store.close();
    }
  },
};

async function askIn(
  github: DevGitHub,
  app: ReturnType<typeof registerApp>,
  owner: string,
): Promise<Asked[]> {
  github.createUser({ login: owner, type: "Organization" });
  const files = { "README.md": "# Bench\n" };
  const repository = await github.createRepository({ owner, name: "bench", files });
  repository.setPermission("maya", "write");
  github.installApp(app, { account: owner });
  const asked: Asked[] = [];
  for (let number = 0; number < DELIVERIES / REPOSITORIES; number++) {
    const issue = await repository.createIssue({ author: "maya", title: "Do it" });
    const body = "/box run true";
    const said = await repository.comment(issue.number, { author: "maya", body });
    const [sent] = await said.delivered;
    if (sent === undefined) throw new Error("GitHub delivered nothing.");
    const payload = sent.payload as object;
    const delivery = signedDelivery("issue_comment", payload, app.webhookSecret ?? "");
    asked.push({ repository, issue: issue.number, delivery });
  }
  return asked;
}
