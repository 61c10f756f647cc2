import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Box } from "../../../src/box/index.ts";
import type { BoxData, Snapshot } from "../../../src/box/wire.ts";
import { engineProcess, processesOf } from "../../support/engine-process.ts";
import { layersOf } from "../../support/layers-of.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { testEngine } from "../../support/test-engine.ts";

/** For what the engine does when nobody waits for it. */
const SOON = { timeout: 20_000 };

describe("an engine that starts again", () => {
  it("has the snapshots, makes boxes from them, and keeps their owner's number from others", async () => {
    await using first = await testEngine();
    const box = await first.box({ env: { KEPT: "yes" } });
    await box.exec.command("echo kept >file");
    const taken = await box.snapshot({ name: "a" });
    await box.exec.command("echo more >>file");
    const later = await box.snapshot({ name: "b" });
    const { slot } = readJson(join(first.data, "boxes", box.id, "box.json"));
    await first.engine.close();

    await using second = await testEngine({ data: first.data });
    const again = await Box.get(box.id, second.connection);
    expect(await again.listSnapshots()).toEqual([later, taken]);
    await again.delete();
    const stranger = await second.box();
    const copy = await Box.fromSnapshot(taken.id, second.connection);
    expect((await copy.exec.command('cat file; echo "$KEPT"')).stdout).toBe("kept\nyes\n");
    const slotOf = ({ id }: Box) => readJson(join(first.data, "boxes", id, "box.json")).slot;
    expect(slotOf(copy)).toBe(slot);
    expect(slotOf(stranger)).not.toBe(slot);
    await copy.delete();
    await Box.deleteSnapshots(second.connection);
    await expect.poll(() => layersOf(first), SOON).toEqual([]);
    expect([...first.errors, ...second.errors]).toEqual([]);
  });

  it("finds a box with its disk when it was killed between naming a layer and making it", async () => {
    await using first = await testEngine();
    const box = await first.box();
    await box.exec.command("echo one >file");
    const { id } = await box.snapshot({ name: "a" });
    await box.exec.command("echo two >>file");
    await first.engine.close();
    const path = join(first.data, "boxes", box.id, "box.json");
    const record = readJson(path);
    await writeFile(path, JSON.stringify({ ...record, layers: ["never-made", ...record.layers] }));

    await using second = await testEngine({ data: first.data });
    const again = await Box.get(box.id, second.connection);
    expect((await again.exec.command("cat file")).stdout).toBe("one\ntwo\n");
    // And it goes on as if nothing had been.
    const next = await again.snapshot({ name: "b" });
    const copy = await Box.fromSnapshot(next.id, second.connection);
    expect((await copy.exec.command("cat file")).stdout).toBe("one\ntwo\n");
    expect(readJson(path).layers).toHaveLength(2);
    expect((await again.listSnapshots()).map((snapshot) => snapshot.id)).toEqual([next.id, id]);
  });

  it("discards what was half-made: copies, records, and layers that nothing names", async () => {
    await using first = await testEngine();
    const box = await first.box();
    const { id } = await box.snapshot({ name: "a" });
    await first.engine.close();
    const kept = layersOf(first);
    for (const name of ["1234", "5678.part"]) {
      await mkdir(join(first.data, "layers", name, "workspace"), { recursive: true });
      await writeFile(join(first.data, "layers", name, "workspace", "file"), "half");
    }
    await writeFile(join(first.data, "snapshots", ".snap_half.json.new"), '{"id":"snap_ha');

    await using second = await testEngine({ data: first.data });
    await expect.poll(() => layersOf(first), SOON).toEqual(kept);
    expect(readdirSync(join(first.data, "snapshots"))).toEqual([`${id}.json`]);
    expect(second.errors).toEqual([]);
  });

  it("removes no layer while a record cannot be read, and says which one to mend", async () => {
    await using first = await testEngine();
    // One layer that only a snapshot names, and one that only a box does.
    const [gone, box] = [await first.box(), await first.box()];
    for (const each of [gone, box]) await each.exec.command("echo kept >file");
    const { id } = await gone.snapshot({ name: "a" });
    await gone.delete();
    await box.deleteSnapshot((await box.snapshot({ name: "b" })).id);
    await first.engine.close();

    const records = [
      [join(first.data, "snapshots", `${id}.json`), /snap_\w+ cannot be read .*mend or remove/],
      [join(first.data, "boxes", box.id, "box.json"), /cannot be opened .*mend or remove/],
    ] as const;
    for (const [path, message] of records) {
      const text = await readFile(path, "utf8");
      await writeFile(path, text.slice(0, -10));
      await using broken = await testEngine({ data: first.data });
      expect(broken.errors).toMatchObject([{ message: expect.stringMatching(message) }]);
      const other = await broken.box();
      await Box.deleteSnapshots({
        ...broken.connection,
        snapshotIds: (await other.snapshot({ name: "other" })).id,
      });
      await other.delete();
      await broken.engine.close();
      await writeFile(path, text);
    }
    expect(layersOf(first)).toHaveLength(4);

    await using mended = await testEngine({ data: first.data });
    await expect.poll(() => layersOf(first), SOON).toHaveLength(2);
    const copy = await Box.fromSnapshot(id, mended.connection);
    const again = await Box.get(box.id, mended.connection);
    for (const each of [copy, again]) {
      expect((await each.exec.command("cat file")).stdout).toBe("kept\n");
    }
    expect(mended.errors).toEqual([]);
  });

  it("counts the size of a snapshot that the last one had no time for", async () => {
    await using first = await testEngine();
    const box = await first.box();
    await box.exec.command("mkdir many; cd many; seq 1000 | split -l 1 -a 4 -");
    const { id } = await box.snapshot({ name: "a" });
    await first.engine.close();
    const path = join(first.data, "snapshots", `${id}.json`);
    await writeFile(path, JSON.stringify({ ...readJson(path), size_bytes: 1, is_counted: false }));

    await using second = await testEngine({ data: first.data });
    const again = await Box.get(box.id, second.connection);
    const size = async () => (await again.listSnapshots())[0]?.size_bytes;
    await expect.poll(size, SOON).toBeGreaterThan(1_000_000);
  });
});

describe("an engine that was killed in the middle of everything", () => {
  it("has each snapshot that it had told of, whole, and nothing of the others", async () => {
    await using folder = await temporaryFolder();
    const data = folder.path;
    const told = new Map<string, string>();
    const deleted = new Set<string>();
    for (const killAfter of [2, 7, 13]) {
      await using engine = await engineProcess(data);
      let answers = 0;
      const answered = async () => {
        if (++answers === killAfter) await engine.kill();
      };
      const storm = Array.from({ length: 4 }, async (_, worker) => {
        let box = (await engine.call("POST", "")) as BoxData;
        // In half of them something lives, so that there is much to copy.
        const lives = worker % 2 === 0 ? "sleep 1000 >/dev/null 2>&1 &" : "";
        const fill = "head -c 20000000 /dev/zero | split -b 10000 -a 4 -;";
        for (let round = 0; round < 4; round++) {
          const mark = `${killAfter}-${worker}-${round}`;
          const script = `echo ${mark} >mark; ${round === 0 ? fill : ""} ${lives}`;
          const command = ["sh", "-c", script];
          await engine.call("POST", `/${box.id}/exec`, { command });
          const snapshot = await engine.call("POST", `/${box.id}/snapshots`, { name: mark });
          const id = (snapshot as unknown as Snapshot).id;
          told.set(id, mark);
          await answered();
          if (round === 1) {
            deleted.add(id);
            await engine.call("DELETE", "/snapshots", { ids: [id] });
            await answered();
          }
          if (round === 2) {
            await engine.call("DELETE", `/${box.id}`);
            box = (await engine.call("POST", "/from-snapshot", { snapshot_id: id })) as BoxData;
          }
        }
      });
      const outcomes = await Promise.allSettled(storm);
      expect(outcomes.some(({ status }) => status === "rejected")).toBe(true);
      await engine.kill();
      await expect.poll(() => processesOf(data)).toEqual([]);
    }

    await using engine = await engineProcess(data);
    expect(engine.stderr()).not.toMatch(/cannot be (read|opened)/);
    await expect.poll(() => layersOf({ data }), SOON).toEqual(namedLayers(data));
    for (const [id, mark] of told) {
      const copy = await engine.call("POST", "/from-snapshot", { snapshot_id: id });
      // One whose deletion was asked for may be there or gone.
      if (deleted.has(id) && copy.http === 404) continue;
      const command = ["sh", "-c", "cat mark; ls x* | wc -l"];
      const seen = await engine.call("POST", `/${copy.id}/exec`, { command });
      expect(seen).toMatchObject({ exit_code: 0, output: `${mark}\n2000\n` });
      await engine.call("DELETE", `/${copy.id}`);
    }
    const boxes = (await engine.call("GET", "")) as unknown as BoxData[];
    for (const { id } of boxes) {
      const exec = { command: ["true"] };
      expect(await engine.call("POST", `/${id}/exec`, exec)).toMatchObject({ exit_code: 0 });
    }
    await engine.call("DELETE", "", { ids: boxes.map(({ id }) => id) });
    await engine.call("DELETE", "/snapshots", {});
    await expect.poll(() => layersOf({ data }), SOON).toEqual([]);
    expect(readdirSync(join(data, "snapshots"))).toEqual([]);
  }, 180_000);
});

/** The layers that records of boxes and snapshots name. */
function namedLayers(data: string): string[] {
  const snapshots = readdirSync(join(data, "snapshots")).map((name) => {
    expect(name).toMatch(/^snap_\w+\.json$/);
    return readJson(join(data, "snapshots", name)).origin;
  });
  const boxes = readdirSync(join(data, "boxes"))
    .map((id) => join(data, "boxes", id, "box.json"))
    .filter((path) => existsSync(path))
    .map(readJson);
  return [...new Set([...snapshots, ...boxes].flatMap(({ layers }) => layers))].sort();
}

function readJson(path: string) {
  return JSON.parse(readFileSync(path, "utf8"));
}
