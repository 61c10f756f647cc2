import { expect } from "vitest";
import type { Suite } from "../suite.ts";

export function snapshotCases(suite: Suite): void {
  const { Box, EphemeralBox } = suite.target;

  suite.it("a snapshot becomes ready, is in the list, and can be deleted", async () => {
    const box = await suite.box();
    const snapshot = await box.snapshot({ name: "checkpoint-1" });
    expect(snapshot).toMatchObject({
      ...{ id: expect.any(String), name: "checkpoint-1", box_id: box.id, status: "ready" },
      ...{ size_bytes: expect.any(Number), created_at: expect.any(Number) },
    });
    expect((await box.listSnapshots()).map(({ id }) => id)).toEqual([snapshot.id]);
    await box.deleteSnapshot(snapshot.id);
    expect(await box.listSnapshots()).toEqual([]);
    const restored = Box.fromSnapshot(snapshot.id, suite.connection);
    await expect(restored).rejects.toMatchObject({ statusCode: 404 });
  });

  suite.it("a snapshot outlives its box, and any number of boxes come from it", async () => {
    const box = await suite.box({ env: { KEPT: "kept", OVER: "before" } });
    await box.files.write({ path: "a.txt", content: "as it was" });
    await box.exec.command("echo tool > /home/boxuser/tool");
    const { id } = await box.snapshot({ name: "base" });
    await box.files.write({ path: "a.txt", content: "changed later" });
    await box.delete();
    try {
      for (let round = 0; round < 3; round++) {
        const options = { ...suite.connection, env: { OVER: "after", NEW: "new" } };
        const restored = suite.keep(await Box.fromSnapshot(id, options));
        expect(await restored.files.read("a.txt")).toBe("as it was");
        const run = await restored.exec.command("cat ~/tool; echo $KEPT $OVER $NEW");
        expect(run.stdout).toBe("tool\nkept after new\n");
        await restored.files.write({ path: "a.txt", content: `of ${round}` });
      }
    } finally {
      await Box.deleteSnapshots({ ...suite.connection, snapshotIds: id });
    }
  });

  suite.it("one is taken of a box that runs, and of one that is paused", async () => {
    const box = await suite.box();
    const stream = await box.exec.stream("echo begun; sleep 1000");
    const snapshots: string[] = [];
    for await (const _ of stream) {
      snapshots.push((await box.snapshot({ name: "running" })).id);
      break;
    }
    await box.pause();
    snapshots.push((await box.snapshot({ name: "paused" })).id);
    expect((await box.listSnapshots()).map(({ status }) => status)).toEqual(["ready", "ready"]);
    const { deleted } = await Box.deleteSnapshots({ ...suite.connection, snapshotIds: snapshots });
    expect(deleted).toBe(2);
  });

  suite.it("the agent comes with it, schedules do not", async () => {
    const box = await suite.agentBox({ hello: "finish 'as before'" });
    await box.schedule.exec({ cron: "0 0 1 1 *", command: ["true"] });
    const { id } = await box.snapshot({ name: "agent" });
    try {
      const restored = suite.keep(await Box.fromSnapshot(id, suite.connection));
      expect(restored.modelConfig).toMatchObject({ harness: "custom" });
      expect((await restored.agent.run({ prompt: "hello" })).result).toBe("as before");
      expect(await restored.schedule.list()).toEqual([]);
    } finally {
      await box.deleteSnapshot(id);
    }
  });

  suite.it("an ephemeral box has snapshots, and comes from one", async () => {
    const box = await suite.ephemeralBox();
    await box.files.write({ path: "a.txt", content: "a" });
    const { id } = await box.snapshot({ name: "short" });
    try {
      const options = { ...suite.connection, ttl: 600 };
      const restored = suite.keep(await EphemeralBox.fromSnapshot(id, options));
      expect(await restored.files.read("a.txt")).toBe("a");
      expect(Math.abs(restored.expiresAt - Date.now() / 1000 - 600)).toBeLessThan(300);
    } finally {
      await box.deleteSnapshot(id);
    }
  });

  suite.it("one that is not there is 404", async () => {
    const restored = Box.fromSnapshot("snap_none", suite.connection);
    await expect(restored).rejects.toMatchObject({ statusCode: 404 });
  });
}
