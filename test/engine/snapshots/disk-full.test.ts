import { describe, expect, it } from "vitest";
import { engineProcess } from "../../support/engine-process.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

/** A small disk of its own for the data folder, which is gone with the process. */
const SMALL_DISK = `
mount -t tmpfs -o size=64m,mode=711 tmpfs "$1" || exit
shift
exec "$@"
`;

/** Takes every byte that is left, in one piece of 4 kB after the other. */
const FILL = "head -c 100m /dev/zero >full; while echo >more-$((n=n+1)); do :; done; true";

// Mounting a disk for boxes with users of their own takes the host's root.
describe.skipIf(process.getuid?.() !== 0)("a snapshot that the disk has no room for", () => {
  it.each([
    ["a box that is idle", ""],
    ["a box in which something lives", "sleep 1000 >/dev/null 2>&1 &"],
  ])("of %s is refused with 507, and nothing is left of it", async (_, lives) => {
    await using folder = await temporaryFolder();
    const data = folder.path;
    const before = ["unshare", "--mount", "--propagation", "private", "sh", "-c", SMALL_DISK, "sh"];
    await using engine = await engineProcess(data, [...before, data]);
    const exec = (script: string) =>
      engine.call("POST", "/small/exec", { command: ["sh", "-c", script] });
    const filesOf = (name: string) =>
      // Seen as the engine sees it.
      engine.files(`${data}/${name}`);

    await engine.call("POST", "", { name: "small" });
    await exec(`echo kept >file; ${lives}`);
    await exec(FILL);
    expect(await engine.call("POST", "/small/snapshots", { name: "a" })).toMatchObject({
      http: 507,
      code: "disk_full",
      error: expect.stringMatching(/disk is full; delete .*try again/),
    });
    expect(await engine.call("GET", "/small/snapshots")).toEqual({ snapshots: [] });
    expect([filesOf("layers"), filesOf("snapshots")]).toEqual([[], []]);
    expect(await exec("cat file; rm full more-*")).toMatchObject({ output: "kept\n" });

    const snapshot = await engine.call("POST", "/small/snapshots", { name: "b" });
    expect(snapshot).toMatchObject({ status: "ready" });
    const copy = { snapshot_id: snapshot.id, name: "copy" };
    expect(await engine.call("POST", "/from-snapshot", copy)).toMatchObject({ status: "idle" });
    const read = { command: ["cat", "file"] };
    expect(await engine.call("POST", "/copy/exec", read)).toMatchObject({ output: "kept\n" });
  });
});
