import { chmod, mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bubblewrapDriver } from "../../../src/engine/driver/bubblewrap/bubblewrap-driver.ts";
import { diagnose } from "../../../src/engine/driver/bubblewrap/diagnose.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { testEngine } from "../../support/test-engine.ts";

describe("a box that cannot be made", () => {
  it.each([
    ["spawn bwrap ENOENT", /not installed.*apt-get install bubblewrap/],
    ["stage: 12: exec: bwrap: not found", /not installed.*apt-get install bubblewrap/],
    ["spawn unshare ENOENT", /not on the engine's PATH.*apt-get install util-linux/],
    ["open(/dev/net/tun): No such file or directory", /way out.*--device \/dev\/net\/tun/],
    ["unshare: write failed /proc/self/uid_map: Operation not permitted", /AppArmor/],
    ["unshare: unshare failed: Operation not permitted", /forbidden.*sysctl/],
    ["unshare: unrecognized option '--map-auto'", /too old.*util-linux 2.38/],
    [
      "bwrap: setting up uid map: Permission denied",
      /AppArmor.*apparmor_restrict_unprivileged_userns=0/,
    ],
    ["bwrap: No permissions to create a new namespace, likely because…", /forbidden.*sysctl/],
    [
      "bwrap: Creating new namespace failed: Operation not permitted",
      /forbidden.*seccomp=unconfined/,
    ],
    ["bwrap: Can't find source path /x: Permission denied", /cannot be reached.*--data/],
    ["something new", /something new.*UPSTASH_BOX_API_KEY/],
  ])("because of «%s» says why and what to do", (said, message) => {
    expect(diagnose(said)).toMatchObject({
      status: 503,
      code: "sandbox_unavailable",
      message: expect.stringMatching(message),
    });
  });

  it("for want of bubblewrap is refused with the remedy, by check and by create", async () => {
    const path = process.env.PATH;
    await using host = await testEngine();
    await using without = await programs(["sh", "unshare", "ip", "slirp4netns"]);
    process.env.PATH = without.path;
    try {
      await expect(host.engine.check()).rejects.toThrow(/bubblewrap is not installed/);
      await expect(host.box()).rejects.toMatchObject({
        statusCode: 503,
        message: expect.stringContaining("sudo apt-get install bubblewrap"),
      });
    } finally {
      process.env.PATH = path;
    }
    const box = await host.box();
    expect((await box.exec.command("echo again")).result).toBe("again");
  });

  it.skipIf(process.getuid?.() !== 0)(
    "because its user cannot reach the data folder is refused at start",
    async () => {
      await using folder = await temporaryFolder();
      const closed = join(folder.path, "closed");
      await mkdir(closed);
      await chmod(closed, 0o700);
      const data = join(closed, "data");
      const driver = bubblewrapDriver({ data, boxdProgram: "/bin/true" });
      await expect(driver).rejects.toThrow(/cannot reach the data folder.*--data/);
    },
  );
});

/** A folder that has these programs alone. */
async function programs(names: readonly string[]) {
  const folder = await temporaryFolder();
  for (const name of names) await symlink(`/usr/bin/${name}`, join(folder.path, name));
  return folder;
}
