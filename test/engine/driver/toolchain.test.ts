import { chmod, copyFile, cp, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { boxdProgram } from "../../../src/engine/boxd-program.ts";
import { bubblewrapDriver } from "../../../src/engine/driver/bubblewrap/bubblewrap-driver.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { testEngine } from "../../support/test-engine.ts";

const NPM = join(dirname(dirname(process.execPath)), "lib", "node_modules", "npm");

describe("a Node that stands in somebody's prefix", () => {
  it.each([
    ["that everyone may pass through", 0o755],
    ["of one user alone", 0o700],
  ])("%s works in a box with npm, and nothing beside it is there", async (_what, mode) => {
    await using prefix = await temporaryFolder();
    await using data = await temporaryFolder();
    for (const folder of ["bin", "share", "lib/node_modules/mine"]) {
      await mkdir(join(prefix.path, folder), { recursive: true });
      await writeFile(join(prefix.path, folder, "secret"), "secret-beside-node");
    }
    const execPath = join(prefix.path, "bin", "node");
    await copyFile(process.execPath, execPath);
    await cp(NPM, join(prefix.path, "lib/node_modules/npm"), { recursive: true });
    await chmod(prefix.path, mode);
    const driver = await bubblewrapDriver({
      data: data.path,
      boxdProgram: await boxdProgram(),
      execPath,
    });
    await using host = await testEngine({ data: data.path, driver });
    const box = await host.box();
    const run = await box.exec.command(
      "for name in node npm npx; do command -v $name; done; node -v; npm -v && npx -v",
    );
    expect(run.stdout).toMatch(
      /^\/opt\/node\/bin\/node\n\/opt\/node\/bin\/npm\n\/opt\/node\/bin\/npx\nv\d+.*\n\d+.*\n\d+.*\n$/,
    );
    const found = await box.exec.command(
      `grep -rl secret-beside-node /opt; ls /opt/node /opt/node/bin /opt/node/lib/node_modules; ls ${prefix.path}`,
    );
    expect(found.stdout).toBe(
      "/opt/node:\nbin\nlib\n\n/opt/node/bin:\nnode\nnpm\nnpx\n\n/opt/node/lib/node_modules:\nnpm\n",
    );
    await box.delete();
  });
});
