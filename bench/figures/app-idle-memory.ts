import { setTimeout as sleep } from "node:timers/promises";
import { registerApp } from "../../dev/dev-app.ts";
import { startGitHub } from "../../dev/github/index.ts";
import { descendants } from "../../test/support/descendants.ts";
import type { Figure } from "../figure.ts";
import { appProcess } from "../support/app-process.ts";
import { connections, deliverAll } from "../support/deliver.ts";
import { someComment } from "../support/delivery-rate.ts";
import { memoryOf } from "../support/memory-of.ts";

/** So much that everything has been compiled once. */
const WARM_UP = 200;
/** What was used for a moment is given back by then. */
const REST_MS = 5_000;

/** What an App takes that has nothing to do. */
export const appIdleMemory: Figure = {
  name: "app-idle-memory",
  unit: "MB",
  bar: 200,
  good: "at most",
  baseline: `none: the memory (PSS) of the App's process after ${WARM_UP} deliveries and ${REST_MS / 1_000} s of rest, TypeScript loaded from its sources, and of the embedded Postgres that it has started`,
  samples: 1,
  async measure(samples) {
    await using github = await startGitHub();
    const app = registerApp(github);
    await using served = await appProcess(github, app);
    const agent = connections(20);
    const deliveries = Array.from({ length: WARM_UP }, () => someComment(app.webhookSecret));
    await deliverAll(served.webhookUrl, deliveries, agent);
    agent.destroy();
    await sleep(REST_MS);
    const own = await memoryOf([served.pid]);
    const below = await memoryOf(await descendants(served.pid));
    return {
      value: (own.pss + below.pss) / 1e6,
      details: { appMegabytes: own.pss / 1e6, postgresMegabytes: below.pss / 1e6, samples },
    };
  },
};
