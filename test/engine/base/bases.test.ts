import { existsSync } from "node:fs";
import { mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { basesFolder, listBases } from "../../../src/engine/base/bases.ts";
import { buildBase } from "../../../src/engine/base/build-base.ts";
import { removeBase } from "../../../src/engine/base/remove-base.ts";
import { openDataFolder } from "../../../src/engine/open-data-folder.ts";
import { lockFile } from "../../../src/host/lock-file.ts";
import { runCli } from "../../support/run-cli.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const OWN = process.getuid?.();
/** Nobody listens there. */
const NO_MIRROR = "http://127.0.0.1:1/debian";

describe("the bases of a data folder", () => {
  it("are those that are whole and this user's, the newest first", async () => {
    await using folder = await temporaryFolder();
    expect(listBases(folder.path)).toEqual([]);
    await makeBase(folder.path, "bookworm-1", { created_at: 1 });
    await makeBase(folder.path, "bookworm-2", { created_at: 2 });
    await makeBase(folder.path, "of-another", { built_by: 54_321 });
    await mkdir(join(basesFolder(folder.path), "without-record", "root"), { recursive: true });
    await makeBase(folder.path, ".building-3", { created_at: 3 });
    const expected = ["bookworm-2", "bookworm-1"];
    expect(listBases(folder.path).map(({ id }) => id)).toEqual(expected);

    await using cli = runCli(["engine", "base", "list", "--data", folder.path]);
    expect(await cli.exit()).toMatchObject({ code: 0 });
    const printed = cli
      .stdout()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).id);
    expect(printed).toEqual(expected);
  });

  it("are removed when nothing stands on them and no engine runs", async () => {
    await using folder = await temporaryFolder();
    const data = folder.path;
    await makeBase(data, "bookworm-1", {});
    for (const user of ["boxes/one/disk", "layers/two"]) {
      await mkdir(join(data, user), { recursive: true });
      await writeFile(join(data, user, "base"), "bookworm-1");
    }
    await expect(removeBase(data, "bookworm-1")).rejects.toMatchObject({
      code: "base_in_use",
      message: expect.stringMatching(/^2 boxes and snapshots.*boxes\/one\/disk/),
    });
    for (const user of ["boxes/one/disk", "layers/two"]) {
      await writeFile(join(data, user, "base"), "bookworm-2");
    }
    const unlock = await openDataFolder(data);
    await expect(removeBase(data, "bookworm-1")).rejects.toMatchObject({ code: "data_in_use" });
    await unlock();
    for (const id of ["bookworm-2", "..", "../boxes", "", "."]) {
      await expect(removeBase(data, id)).rejects.toMatchObject({ status: 404 });
    }
    await removeBase(data, "bookworm-1");
    expect(await readdir(basesFolder(data))).toEqual([]);
    expect(existsSync(join(data, "boxes", "one"))).toBe(true);
  });
});

describe("building a base", () => {
  it("leaves nothing when it fails, of an earlier one that was cut off either", async () => {
    await using folder = await temporaryFolder();
    const cutOff = join(basesFolder(folder.path), ".building-old", "root");
    await mkdir(cutOff, { recursive: true });
    const built = buildBase({
      data: folder.path,
      suite: "bookworm",
      mirror: NO_MIRROR,
      stderr: "ignore",
    });
    await expect(built).rejects.toMatchObject({ code: "base_failed" });
    expect(await readdir(basesFolder(folder.path))).toEqual([".lock"]);
    expect(listBases(folder.path)).toEqual([]);
  });

  it("is done by one at a time", async () => {
    await using folder = await temporaryFolder();
    await mkdir(basesFolder(folder.path));
    const lock = await lockFile(join(basesFolder(folder.path), ".lock"));
    await expect(buildBase({ data: folder.path, mirror: NO_MIRROR })).rejects.toMatchObject({
      code: "base_in_work",
      message: expect.stringContaining(String(process.pid)),
    });
    if ("release" in lock) await lock.release();
  });

  it.each([
    [{ include: ["ruby; reboot"] }, /"ruby; reboot" is no name of a package/],
    [{ include: ["-o"] }, /no name of a package/],
    [{ suite: "../x" }, /no suite/],
  ])("is refused for %j", async (wrong, reason) => {
    await using folder = await temporaryFolder();
    await expect(buildBase({ data: folder.path, ...wrong })).rejects.toThrow(reason);
    expect(await readdir(folder.path)).toEqual([]);
  });

  it("says which program it lacks and how to get it, and the command ends with 1", async () => {
    await using folder = await temporaryFolder();
    const bin = join(folder.path, "bin");
    await mkdir(bin);
    await symlink("/usr/bin/newuidmap", join(bin, "newuidmap"));
    await using cli = runCli(["engine", "base", "build", "--data", folder.path], { PATH: bin });
    expect(await cli.exit()).toMatchObject({ code: 1 });
    expect(cli.stderr()).toContain("sudo apt-get install mmdebstrap");
  });

  it.each([[[]], [["fly"]], [["remove"]], [["build", "now"]]])(
    "base %j is answered with what there is",
    async (args) => {
      await using cli = runCli(["engine", "base", ...args]);
      expect(await cli.exit()).toMatchObject({ code: 1 });
      expect(cli.stderr()).toContain("Usage: box-action engine base build");
    },
  );
});

async function makeBase(data: string, id: string, record: object): Promise<void> {
  const folder = join(basesFolder(data), id);
  await mkdir(join(folder, "root"), { recursive: true });
  const whole = { suite: "bookworm", include: [], created_at: 1, built_by: OWN, ...record };
  await writeFile(join(folder, "base.json"), JSON.stringify(whole));
}
