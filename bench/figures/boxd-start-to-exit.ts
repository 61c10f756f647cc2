import { join } from "node:path";
import { boxdProgram } from "../../src/engine/boxd-program.ts";
import { bubblewrapDriver } from "../../src/engine/driver/bubblewrap/bubblewrap-driver.ts";
import { emptySpec } from "../../src/engine/driver/driver.ts";
import { temporaryFolder } from "../../test/support/temporary-folder.ts";
import type { Figure } from "../figure.ts";
import { interleave } from "../interleave.ts";
import { ratio } from "../ratio.ts";
import { BareProcess } from "../support/bare-process.ts";
import { timed } from "../timed.ts";

/** The supervisor alone, without HTTP: from START on its socket to EXIT. */
export const boxdStartToExit: Figure = {
  name: "boxd-start-to-exit",
  unit: "ratio",
  // Informational: no issue sets a bar. A supervisor should cost no more than Node's own spawn.
  bar: 1.5,
  good: "at most",
  baseline:
    'boxd in a box starting /bin/true, START to EXIT on its socket, against a bare spawn("/bin/true") from a Node process of its own that does nothing else (informational)',
  samples: 200,
  async measure(samples) {
    await using folder = await temporaryFolder();
    const driver = await bubblewrapDriver({
      data: join(folder.path, "data"),
      boxdProgram: await boxdProgram(),
    });
    const spec = { ...emptySpec("bench", join(folder.path, "data", "bench")), slot: 1 };
    await using bare = new BareProcess();
    const sandbox = await driver.start(spec);
    try {
      return ratio(
        await interleave({
          samples,
          subject: () => timed(() => sandbox.connection.run({ argv: ["/bin/true"], cwd: "/" })),
          baseline: () => bare.run("/bin/true", []),
        }),
      );
    } finally {
      await sandbox.stop();
      await driver.destroy(spec);
    }
  },
};
