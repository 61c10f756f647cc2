import { describe, expect, it } from "vitest";
import type { EngineBox } from "../../../src/engine/engine-box.ts";
import { execute } from "../../../src/engine/exec.ts";
import { layersOf } from "../../support/layers-of.ts";
import { testSnapshots } from "../../support/test-snapshots.ts";

/** For what the engine does when nobody waits for it. */
const SOON = { timeout: 20_000 };

const shell = async (box: EngineBox, command: string) =>
  (await execute(box, { argv: ["sh", "-c", command] })).output;

async function codeOf(box: EngineBox, command: string): Promise<number | string> {
  try {
    return (await execute(box, { argv: ["sh", "-c", command] })).exit_code;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe("layers", () => {
  it("are shared by snapshots of a box that has changed nothing in between", async () => {
    await using host = await testSnapshots();
    const box = await host.boxes.create({});
    await host.snapshots.take(box, "a");
    const [layer] = layersOf(host);
    await shell(box, "ls -R /workspace");
    await host.snapshots.take(box, "b");
    // Also when something runs in it, and in boxes from it.
    await shell(box, "sleep 1000 >/dev/null 2>&1 &");
    const { id } = await host.snapshots.take(box, "c");
    const copy = await host.snapshots.createBox({ snapshot_id: id });
    await host.snapshots.take(copy, "d");
    expect(layersOf(host)).toEqual([layer]);
    await shell(copy, "touch file");
    await host.snapshots.take(copy, "e");
    expect(layersOf(host)).toHaveLength(2);
    expect(host.errors).toEqual([]);
  });

  it("go with the last box and snapshot that needs them, in whatever order those go", async () => {
    await using host = await testSnapshots();
    const box = await host.boxes.create({});
    await shell(box, "echo one >file");
    const first = await host.snapshots.take(box, "first");
    await shell(box, "echo two >>file");
    const second = await host.snapshots.take(box, "second");
    await host.boxes.delete(box.id);
    const lower = await host.snapshots.createBox({ snapshot_id: first.id });
    const upper = await host.snapshots.createBox({ snapshot_id: second.id });
    const layers = layersOf(host);
    expect(layers).toHaveLength(2);

    await host.snapshots.delete(box.id, second.id);
    await host.boxes.delete(lower.id);
    await host.snapshots.delete(box.id, first.id);
    expect(await shell(upper, "cat file")).toBe("one\ntwo\n");
    await upper.pause();
    expect(await shell(upper, "cat file")).toBe("one\ntwo\n");
    expect(layersOf(host)).toEqual(layers);

    const last = await host.snapshots.take(upper, "last");
    await host.boxes.delete(upper.id);
    const again = await host.snapshots.createBox({ snapshot_id: last.id });
    expect(await shell(again, "cat file")).toBe("one\ntwo\n");
    expect(layersOf(host)).toEqual(layers);
    await host.snapshots.deleteAll(undefined);
    await host.boxes.delete(again.id);
    await expect.poll(() => layersOf(host), SOON).toEqual([]);
    expect(host.errors).toEqual([]);
  });

  it("go with an ephemeral box whose time is over", async () => {
    await using host = await testSnapshots();
    const box = await host.boxes.create({ ephemeral: true, ttl: 3 });
    const { id } = await host.snapshots.take(box, "a");
    await host.snapshots.delete(box.id, id);
    expect(layersOf(host)).toHaveLength(1);
    await expect.poll(() => layersOf(host), SOON).toEqual([]);
  });

  it("stay for a box that is being made when its snapshot is deleted", async () => {
    await using host = await testSnapshots();
    const source = await host.boxes.create({});
    await shell(source, "echo seed >file");
    const { id } = await host.snapshots.take(source, "a");
    await host.boxes.delete(source.id);
    const making = host.snapshots.createBox({ snapshot_id: id });
    await host.snapshots.deleteAll([id]);
    const box = await making;
    expect(await shell(box, "cat file")).toBe("seed\n");
    await host.boxes.delete(box.id);
    await expect.poll(() => layersOf(host), SOON).toEqual([]);
  });

  it("of files that their owner cannot read or change go too", async () => {
    await using host = await testSnapshots();
    const box = await host.boxes.create({});
    await shell(box, "mkdir -p closed/in; touch closed/in/file; chmod 000 closed/in closed");
    const { id } = await host.snapshots.take(box, "a");
    const copy = await host.snapshots.createBox({ snapshot_id: id });
    expect(await shell(copy, "chmod 700 closed closed/in; ls closed/in")).toBe("file\n");
    await host.boxes.delete(copy.id);
    await host.boxes.delete(box.id);
    await host.snapshots.deleteAll(undefined);
    await expect.poll(() => layersOf(host), SOON).toEqual([]);
  });

  it("hold what was written before, whatever else is done to the box at the same time", async () => {
    await using host = await testSnapshots();
    const box = await host.boxes.create({});
    const holding = new Map<string, number>();
    await Promise.all(
      Array.from({ length: 8 }, async (_, index) => {
        const code = await codeOf(box, `echo ${index} >>log`);
        // A pause ends the commands of the others, as it says.
        expect([0, 128 + 9, "CLOSED"]).toContain(code);
        const { id, status } = await host.snapshots.take(box, `s${index}`);
        expect(status).toBe("ready");
        if (code === 0) holding.set(id, index);
        if (index % 4 === 1) await host.snapshots.delete(box.id, id);
        if (index % 4 === 1) holding.delete(id);
        if (index % 4 === 2) await box.pause();
      }),
    );
    expect(holding.size).toBeGreaterThan(0);
    for (const [id, index] of holding) {
      const copy = await host.snapshots.createBox({ snapshot_id: id });
      expect((await shell(copy, "cat log")).split("\n")).toContain(`${index}`);
      await host.boxes.delete(copy.id);
      expect((await shell(box, "cat log")).split("\n")).toContain(`${index}`);
    }
    await Promise.all([host.boxes.delete(box.id), host.snapshots.deleteAll(undefined)]);
    await expect.poll(() => layersOf(host), SOON).toEqual([]);
    expect(host.errors).toEqual([]);
  });

  it("of a snapshot of a box that is being deleted are whole or not there", async () => {
    await using host = await testSnapshots();
    const ids: string[] = [];
    for (const first of ["snapshot", "deletion"]) {
      const box = await host.boxes.create({});
      await shell(box, "echo kept >file");
      const take = () => host.snapshots.take(box, "a");
      const remove = () => host.boxes.delete(box.id);
      const order = first === "snapshot" ? [take, remove] : [remove, take];
      const [one, two] = await Promise.allSettled(order.map((work) => work()));
      const taken = first === "snapshot" ? one : two;
      if (taken?.status === "fulfilled") ids.push((taken.value as { id: string }).id);
      else expect(taken?.reason).toMatchObject({ status: 404, message: /was deleted; create/ });
    }
    for (const id of ids) {
      const copy = await host.snapshots.createBox({ snapshot_id: id });
      expect(await shell(copy, "cat file")).toBe("kept\n");
      await host.boxes.delete(copy.id);
    }
    await host.snapshots.deleteAll(undefined);
    await expect.poll(() => layersOf(host), SOON).toEqual([]);
  });
});

describe("a snapshot that takes long", () => {
  it("is answered as being made, cannot be used yet, and is ready in the end", async () => {
    await using host = await testSnapshots({ answerAfterMs: 0 });
    const box = await host.boxes.create({});
    await shell(box, "echo kept >file; sleep 1000 >/dev/null 2>&1 &");
    const { id, status } = await host.snapshots.take(box, "a");
    expect(status).toBe("creating");
    await expect(host.snapshots.createBox({ snapshot_id: id })).rejects.toMatchObject({
      status: 409,
      message: /is not ready \(creating\); wait/,
    });
    await expect.poll(() => host.snapshots.list(box.id)).toMatchObject([{ id, status: "ready" }]);
    const copy = await host.snapshots.createBox({ snapshot_id: id });
    expect(await shell(copy, "cat file")).toBe("kept\n");
  });

  it("leaves nothing when it is deleted in between", async () => {
    await using host = await testSnapshots({ answerAfterMs: 0 });
    const box = await host.boxes.create({});
    await shell(box, "echo kept >file; sleep 1000 >/dev/null 2>&1 &");
    const { id, status } = await host.snapshots.take(box, "a");
    expect(status).toBe("creating");
    await host.snapshots.delete(box.id, id);
    // In the box's turn after it.
    await host.snapshots.deleteAll([(await host.snapshots.take(box, "b")).id]);
    await box.atRest(async () => {});
    await expect.poll(() => layersOf(host), SOON).toEqual([]);
    expect(host.snapshots.list(box.id)).toEqual([]);
    expect(await shell(box, "cat file")).toBe("kept\n");
  });

  it("shows in the list and the log when it has failed, until it is deleted", async () => {
    await using host = await testSnapshots({ answerAfterMs: 0 });
    const box = await host.boxes.create({});
    await box.atRest(async () => {
      // It waits for this to end, and then the box is gone.
      const { id, status } = await host.snapshots.take(box, "a");
      expect(status).toBe("creating");
      void host.boxes.delete(box.id);
      await expect.poll(() => host.snapshots.list(box.id)).toMatchObject([{ id }]);
    });
    await expect.poll(() => host.snapshots.list(box.id)).toMatchObject([{ status: "error" }]);
    expect(await host.snapshots.deleteAll(undefined)).toBe(1);
  });
});
