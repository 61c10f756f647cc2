import { join } from "node:path";
import { boxdProgram } from "../../src/engine/boxd-program.ts";
import {
  type BubblewrapOptions,
  bubblewrapDriver,
} from "../../src/engine/driver/bubblewrap/bubblewrap-driver.ts";
import type { SandboxSpec } from "../../src/engine/driver/driver.ts";
import { BOX_USER, WORKSPACE } from "../../src/engine/paths.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** A driver with a data folder of its own, and boxes of it without an engine. */
export async function testDriver(options: Partial<BubblewrapOptions> = {}) {
  const folder = await temporaryFolder();
  const data = folder.path;
  const driver = await bubblewrapDriver({ data, boxdProgram: await boxdProgram(), ...options });
  let slot = 0;
  return {
    driver,
    data,
    sandbox: async (changes: Partial<SandboxSpec> = {}) => {
      slot++;
      const id = `box-${slot}`;
      const spec: SandboxSpec = {
        ...{ id, folder: join(data, "boxes", id), slot, layers: [], base: undefined },
        ...{ network: "allow-all", ...changes },
      };
      const sandbox = await driver.start(spec);
      return {
        spec,
        sandbox,
        /** Runs a shell script in the box. */
        sh: async (script: string) => {
          const argv = ["bash", "-c", script];
          const env = { PATH: "/opt/node/bin:/usr/sbin:/usr/bin:/sbin:/bin", HOME: BOX_USER.home };
          const run = await sandbox.connection.run({ argv, env, cwd: WORKSPACE });
          return { code: run.exit.code, said: `${run.stdout}${run.stderr}`.trim() };
        },
        async [Symbol.asyncDispose]() {
          await sandbox.stop();
          await driver.destroy(spec);
        },
      };
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}
