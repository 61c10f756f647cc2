import { setTimeout as sleep } from "node:timers/promises";
import { registerApp } from "../../dev/dev-app.ts";
import { startGitHub } from "../../dev/github/index.ts";
import type { Figure } from "../figure.ts";
import { percentile } from "../percentile.ts";
import { appProcess } from "../support/app-process.ts";
import { connections, deliver } from "../support/deliver.ts";
import { someComment } from "../support/delivery-rate.ts";

const PER_SECOND = 50;

/** How long GitHub waits for its answer at the rate of a busy organization. */
export const deliveriesAnswered: Figure = {
  name: "deliveries-answered-p99",
  unit: "ms",
  bar: 100,
  good: "at most",
  baseline: `none: the p99 of the answers to ${PER_SECOND} deliveries a second, sent whether or not the earlier ones are answered, by the App with its embedded Postgres in a process of its own; the first second does not count`,
  samples: 1_000,
  async measure(samples) {
    await using github = await startGitHub();
    const app = registerApp(github);
    await using served = await appProcess(github, app);
    const agent = connections(PER_SECOND);
    const times: Array<Promise<number>> = [];
    const started = performance.now();
    for (let sent = 0; sent < samples + PER_SECOND; sent++) {
      await sleep(Math.max(0, started + (sent * 1_000) / PER_SECOND - performance.now()));
      const answered = deliver(served.webhookUrl, someComment(app.webhookSecret), agent);
      answered.catch(() => undefined);
      times.push(answered);
    }
    const milliseconds = (await Promise.all(times)).slice(PER_SECOND);
    agent.destroy();
    return {
      value: percentile(milliseconds, 99),
      details: {
        p50Milliseconds: percentile(milliseconds, 50),
        longestMilliseconds: Math.max(...milliseconds),
        samples,
      },
    };
  },
};
