import { join } from "node:path";
import { boxdProgram } from "../../src/engine/boxd-program.ts";
import { Boxes } from "../../src/engine/boxes.ts";
import { bubblewrapDriver } from "../../src/engine/driver/bubblewrap/bubblewrap-driver.ts";
import { Gateway } from "../../src/engine/gateway/gateway.ts";
import { ModelKeys } from "../../src/engine/gateway/model-keys.ts";
import { RepositoryCache } from "../../src/engine/git/repository-cache.ts";
import { HarnessPrograms } from "../../src/engine/harness/install/harness-programs.ts";
import { SkillSource } from "../../src/engine/harness/skill-source.ts";
import { startCron } from "../../src/engine/schedules/start-cron.ts";
import { Webhooks } from "../../src/engine/webhooks/webhooks.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** Real boxes in a folder of their own, without the API before them. */
export async function testBoxes(options: { idlePauseMs?: number; spareSandbox?: boolean } = {}) {
  const folder = await temporaryFolder();
  const data = folder.path;
  const errors: unknown[] = [];
  const driver = await bubblewrapDriver({ data, boxdProgram: await boxdProgram() });
  const boxes = await Boxes.open({
    driver,
    data,
    idlePauseMs: options.idlePauseMs ?? 0,
    spareSandbox: options.spareSandbox ?? false,
    accountEnvironment: () => ({}),
    agentPrograms: {},
    agents: {
      keys: new ModelKeys(data, {}),
      gateway: new Gateway(),
      programs: new HarnessPrograms(join(data, "harnesses")),
      skills: new SkillSource(
        new RepositoryCache(join(data, "repositories"), new Set()),
        "https://github.com",
        new Set(),
      ),
    },
    startCron,
    webhooks: new Webhooks({ secret: "whsec_", allowedHosts: new Set() }),
    onError: (error) => errors.push(error),
  });
  return {
    boxes,
    driver,
    data,
    errors,
    async [Symbol.asyncDispose]() {
      await boxes.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

export type TestBoxes = Awaited<ReturnType<typeof testBoxes>>;
