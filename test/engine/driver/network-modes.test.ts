import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { networkModes } from "../../../src/engine/driver/network/network-modes.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

describe("what boxes may reach on this host", () => {
  it("is nothing where the tunnel device is closed to the boxes' users, and says what to do", async () => {
    await using folder = await temporaryFolder();
    const device = join(folder.path, "tun");
    await writeFile(device, "");
    await chmod(device, 0o600);
    expect(await networkModes(true, device)).toMatchObject({
      modes: ["deny-all"],
      lacking: expect.stringContaining("chmod 666 /dev/net/tun"),
    });
    await chmod(device, 0o666);
    expect(await networkModes(true, device)).toEqual({ modes: ["allow-all", "deny-all"] });
  });

  it("is nothing where there is no tunnel device", async () => {
    for (const separateUsers of [true, false]) {
      const { modes } = await networkModes(separateUsers, "/nowhere/tun");
      expect(modes).toEqual(["deny-all"]);
    }
  });
});
