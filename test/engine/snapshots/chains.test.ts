import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { EngineBox } from "../../../src/engine/engine-box.ts";
import { execute } from "../../../src/engine/exec.ts";
import { layersOf } from "../../support/layers-of.ts";
import { testSnapshots } from "../../support/test-snapshots.ts";

/** For what the engine does when nobody waits for it. */
const SOON = { timeout: 20_000 };

type Host = Awaited<ReturnType<typeof testSnapshots>>;

/** Layers are merged when there are more. */
const MANY = 20;

const shell = async (box: EngineBox, command: string) =>
  (await execute(box, { argv: ["sh", "-c", command] })).output;

/** Takes snapshots of a box, each with one file more and one that was there removed. */
async function takeMany(host: Host, box: EngineBox, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let at = 0; at < count; at++) {
    await shell(box, `echo ${at} >>log; touch f${at}; rm -f f${at - 1}`);
    ids.push((await host.snapshots.take(box, `s${at}`)).id);
  }
  return ids;
}

/** How many layers a snapshot on the disk has. */
function depth({ data }: { data: string }, id: string): number {
  const record = JSON.parse(readFileSync(join(data, "snapshots", `${id}.json`), "utf8"));
  return record.origin.layers.length;
}

const seen = (count: number) => ({
  log: Array.from({ length: count }, (_, at) => `${at}\n`).join(""),
  files: `f${count - 1}\nlog\n`,
});

async function expectSeen(box: EngineBox, count: number): Promise<void> {
  const { log, files } = seen(count);
  expect(await shell(box, "cat log; ls")).toBe(log + files);
}

describe("a long chain of layers", () => {
  it("is merged, while boxes go on with theirs, and all see what they saw", async () => {
    await using host = await testSnapshots();
    const box = await host.boxes.create({});
    const before = (await takeMany(host, box, MANY)).at(-1) as string;
    const early = await host.snapshots.createBox({ snapshot_id: before });
    await shell(early, "echo own >own");
    const process = (await shell(box, "sleep 1000 >/dev/null 2>&1 & echo $!")).trim();
    await shell(box, `echo ${MANY} >>log; touch f${MANY}; rm -f f${MANY - 1}`);
    // The box itself has 20 layers yet; this snapshot has one more.
    const { id } = await host.snapshots.take(box, "last");
    await expect.poll(() => depth(host, id), SOON).toBe(1);
    expect(await shell(box, `kill -0 ${process} && echo lives`)).toBe("lives\n");
    await expectSeen(box, MANY + 1);
    await expectSeen(await host.snapshots.createBox({ snapshot_id: id }), MANY + 1);
    await expectSeen(await host.snapshots.createBox({ snapshot_id: before }), MANY);
    expect(await shell(early, "cat own")).toBe("own\n");

    await host.snapshots.deleteAll(undefined);
    await box.pause();
    await expectSeen(box, MANY + 1);
    await Promise.all(host.boxes.list().map((each) => host.boxes.delete(each.id)));
    await expect.poll(() => layersOf(host), SOON).toEqual([]);
    expect(host.errors).toEqual([]);
  });

  it("of a box becomes short with its next snapshot, also when all snapshots are gone", async () => {
    await using host = await testSnapshots();
    const box = await host.boxes.create({});
    const last = (await takeMany(host, box, MANY + 1)).at(-1) as string;
    expect(box.record.layers.length).toBeGreaterThan(MANY);
    await expect.poll(() => depth(host, last), SOON).toBe(1);
    await host.snapshots.deleteAll(undefined);
    // Nothing has changed, and it is at rest.
    const { id } = await host.snapshots.take(box, "unchanged");
    expect([depth(host, id), box.record.layers.length]).toEqual([1, 1]);
    await expect.poll(() => layersOf(host), SOON).toEqual(box.record.layers);
    await expectSeen(box, MANY + 1);
    await shell(box, "echo more >more");
    const { id: next } = await host.snapshots.take(box, "changed");
    expect([depth(host, next), box.record.layers.length]).toEqual([2, 2]);
    await box.pause();
    expect(await shell(box, "cat more")).toBe("more\n");
    expect(host.errors).toEqual([]);
  });

  it("waits for a merge that cannot keep up, and holds nobody else up", async () => {
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    await using host = await testSnapshots({ mayMerge: () => gate });
    const [box, other] = [await host.boxes.create({}), await host.boxes.create({})];
    await takeMany(host, box, 60);
    await shell(box, "echo 60 >>log; touch f60; rm f59");
    let isTaken = false;
    const late = host.snapshots.take(box, "late").finally(() => {
      isTaken = true;
    });
    // Neither another box nor this one waits for it.
    expect((await host.snapshots.take(other, "other")).status).toBe("ready");
    await expectSeen(box, 61);
    expect(isTaken).toBe(false);
    open();
    const { id } = await late;
    await expectSeen(await host.snapshots.createBox({ snapshot_id: id }), 61);
    await expect.poll(() => depth(host, id), SOON).toBeLessThanOrEqual(MANY);
    await expectSeen(box, 61);

    await host.snapshots.deleteAll(undefined);
    await Promise.all(host.boxes.list().map((each) => host.boxes.delete(each.id)));
    await expect.poll(() => layersOf(host), SOON).toEqual([]);
    expect(host.errors).toEqual([]);
  });

  it("that cannot be merged now is told, stays in use, and is merged later", async () => {
    let isFull = true;
    await using host = await testSnapshots({
      mayMerge: async () => {
        if (isFull) throw new Error("no room");
      },
    });
    const box = await host.boxes.create({});
    const last = (await takeMany(host, box, MANY + 1)).at(-1) as string;
    await expect.poll(() => host.errors).toMatchObject([{ message: "no room" }]);
    await expectSeen(await host.snapshots.createBox({ snapshot_id: last }), MANY + 1);
    isFull = false;
    await host.snapshots.take(box, "again");
    await expect.poll(() => depth(host, last), SOON).toBe(1);
    await expectSeen(await host.snapshots.createBox({ snapshot_id: last }), MANY + 1);
  });
});
