import { afterAll, beforeAll, describe } from "vitest";
import { agentCases } from "./cases/agent.ts";
import { ephemeralCases } from "./cases/ephemeral.ts";
import { errorCases } from "./cases/errors.ts";
import { execCases } from "./cases/exec.ts";
import { fileCases } from "./cases/files.ts";
import { gitCases } from "./cases/git.ts";
import { lifecycleCases } from "./cases/lifecycle.ts";
import { networkCases } from "./cases/network.ts";
import { otherClientCases } from "./cases/other-clients.ts";
import { publicUrlCases } from "./cases/public-urls.ts";
import { recordCases } from "./cases/records.ts";
import { scheduleCases } from "./cases/schedules.ts";
import { settingsCases } from "./cases/settings.ts";
import { snapshotCases } from "./cases/snapshots.ts";
import { streamCases } from "./cases/streams.ts";
import { workingDirectoryCases } from "./cases/working-directory.ts";
import type { RunningService, Service } from "./service.ts";
import { engine } from "./services/engine.ts";
import { upstash } from "./services/upstash.ts";
import { Suite } from "./suite.ts";
import type { Target } from "./target.ts";
import { boxAction } from "./targets/box-action.ts";
import { upstashBox } from "./targets/upstash-box.ts";

const CASES = {
  "a box's life": lifecycleCases,
  "runs and logs": recordCases,
  commands: execCases,
  "streams of commands": streamCases,
  "the working directory": workingDirectoryCases,
  files: fileCases,
  git: gitCases,
  schedules: scheduleCases,
  snapshots: snapshotCases,
  "labels, skills and the account's variables": settingsCases,
  agents: agentCases,
  "ephemeral boxes": ephemeralCases,
  "the network": networkCases,
  "public URLs": publicUrlCases,
  errors: errorCases,
};

conformance(engine, [boxAction, upstashBox]);
// Opt-in, since it makes some hundred boxes in somebody's account.
if (process.env.BOX_CONFORMANCE_CLOUD === "1") conformance(upstash, [boxAction]);

/** The contract of box clients and services, as each of these clients meets it at this service. */
function conformance(service: Service, targets: readonly Target[]): void {
  describe(service.title, () => {
    let running: RunningService;
    beforeAll(async () => {
      running = await service.start();
    });
    afterAll(() => running?.[Symbol.asyncDispose]());

    for (const target of targets) {
      describe(target.title, () => {
        const suite = new Suite(target, { ...service.lacks, ...target.lacks }, () => running);
        suite.deleteBoxesAfterEach();
        for (const [title, cases] of Object.entries(CASES)) describe(title, () => cases(suite));
        describe("what it lacks", () => suite.lacking());
      });
    }

    describe("clients of other versions", () => {
      const suite = new Suite(boxAction, service.lacks, () => running);
      suite.deleteBoxesAfterEach();
      otherClientCases(suite);
    });
  });
}
