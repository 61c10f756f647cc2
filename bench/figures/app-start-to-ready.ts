import { registerApp } from "../../dev/dev-app.ts";
import { startGitHub } from "../../dev/github/index.ts";
import { temporaryFolder } from "../../test/support/temporary-folder.ts";
import type { Figure } from "../figure.ts";
import { percentile } from "../percentile.ts";
import { appProcess } from "../support/app-process.ts";

/** How long an update of the App keeps it away. */
export const appStartToReady: Figure = {
  name: "app-start-to-ready",
  unit: "ms",
  bar: 3_000,
  good: "at most",
  baseline:
    "none: the p50 from the start of the App's process to /readyz answering 200 on a data folder that is there, TypeScript loaded from its sources; the details have the first start ever, which makes the database",
  samples: 10,
  async measure(samples) {
    await using github = await startGitHub();
    const app = registerApp(github);
    const first: number[] = [];
    const again: number[] = [];
    for (let round = 0; round < samples; round++) {
      await using folder = await temporaryFolder();
      const data = `${folder.path}/data`;
      for (const times of [first, again]) {
        await using served = await appProcess(github, app, { data });
        times.push(served.readyMilliseconds);
      }
    }
    return {
      value: percentile(again, 50),
      details: {
        p95Milliseconds: percentile(again, 95),
        firstP50Milliseconds: percentile(first, 50),
        samples,
      },
    };
  },
};
