import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EngineBox } from "../../src/engine/engine-box.ts";
import { execute } from "../../src/engine/exec.ts";
import { type TestBoxes, testBoxes } from "../support/test-boxes.ts";

let host: TestBoxes;
beforeAll(async () => {
  host = await testBoxes();
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  expect(host.errors).toEqual([]);
});

const shell = (box: EngineBox, command: string) => execute(box, { argv: ["sh", "-c", command] });

describe("work on a box at rest", () => {
  it("finds a box in which nothing lives stopped, and the box is idle as before", async () => {
    const box = await host.boxes.create({});
    await shell(box, "echo kept > file");
    const seen = await box.atRest(async (spec, sandbox) => {
      expect(box.record.status).toBe("idle");
      expect(existsSync(join(spec.folder, "disk"))).toBe(true);
      return sandbox;
    });
    expect(seen).toBeUndefined();
    expect(box.record.status).toBe("idle");
    expect(await shell(box, "cat file")).toMatchObject({ output: "kept\n" });
    await host.boxes.delete(box.id);
  });

  it("is given the sandbox when processes live in it, and they live on", async () => {
    const box = await host.boxes.create({});
    const { output } = await shell(box, "sleep 1000 >/dev/null 2>&1 & echo $!");
    const connection = await box.connection();
    await box.atRest(async (_spec, sandbox) => expect(sandbox?.connection).toBe(connection));
    expect(await shell(box, `kill -0 ${output}`)).toMatchObject({ exit_code: 0 });

    const stopped = await box.atRest(async (_spec, sandbox) => sandbox, { keepProcesses: false });
    expect(stopped).toBeUndefined();
    expect(await shell(box, `kill -0 ${output}`)).toMatchObject({ exit_code: 1 });
    await host.boxes.delete(box.id);
  });

  it("is given the sandbox while somebody holds the box", async () => {
    const box = await host.boxes.create({});
    const release = box.hold();
    expect(await box.atRest(async (_spec, sandbox) => sandbox)).toBeDefined();
    release();
    expect(await box.atRest(async (_spec, sandbox) => sandbox)).toBeUndefined();
    await host.boxes.delete(box.id);
  });

  it("leaves a paused box paused", async () => {
    const box = await host.boxes.create({});
    await box.pause();
    expect(await box.atRest(async (_spec, sandbox) => sandbox)).toBeUndefined();
    expect(box.record.status).toBe("paused");
    await host.boxes.delete(box.id);
  });

  it("lets nobody have a connection, nor the box be deleted, before it is over", async () => {
    const box = await host.boxes.create({});
    const order: string[] = [];
    const work = box.atRest(async () => {
      order.push("begins");
      await new Promise((resolve) => setTimeout(resolve, 100));
      order.push("ends");
    });
    await expect.poll(() => order).toEqual(["begins"]);
    const connected = box.connection().then(() => order.push("connected"));
    await Promise.all([work, connected]);
    let hasBegun = false;
    const again = box.atRest(async () => {
      hasBegun = true;
      await new Promise((resolve) => setTimeout(resolve, 100));
      order.push("ends again");
    });
    await expect.poll(() => hasBegun).toBe(true);
    const deleted = host.boxes.delete(box.id).then(() => order.push("deleted"));
    await Promise.all([again, deleted]);
    expect(order).toEqual(["begins", "ends", "connected", "ends again", "deleted"]);
  });

  it("that fails leaves the box usable", async () => {
    const box = await host.boxes.create({});
    await expect(box.atRest(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await shell(box, "echo yes")).toMatchObject({ output: "yes\n" });
    await host.boxes.delete(box.id);
  });
});

describe("a box", () => {
  it("from a snapshot has what the snapshot holds, under what the request says", async () => {
    const box = await host.boxes.create(
      { env_vars: { B: "new", C: "new" }, name: "restored", model: "other" },
      {
        slot: 77,
        layers: [],
        env_vars: { A: "old", B: "old" },
        agent: "codex",
        model: "openai/x",
        size: "medium",
        enabled_skills: ["a/b/c"],
      },
    );
    expect(box.record).toMatchObject({
      slot: 77,
      env_vars: { A: "old", B: "new", C: "new" },
      agent: "codex",
      model: "other",
      size: "medium",
      enabled_skills: ["a/b/c"],
    });
    await host.boxes.delete("restored");
  });

  it("tells who asks that it has stopped", async () => {
    const told: string[] = [];
    const end = host.boxes.onStopped((box, why) => told.push(`${box.name} ${why}`));
    const box = await host.boxes.create({ name: "told" });
    await box.pause();
    await box.resume();
    await host.boxes.delete("told");
    end();
    expect(told).toEqual(["told paused", "told deleted"]);
  });

  it("gets a slot that nothing else needs", async () => {
    host.boxes.reserveSlots(() => [1, 2, 3]);
    const boxes = await Promise.all([host.boxes.create({}), host.boxes.create({})]);
    expect(boxes.map(({ record }) => record.slot)).toEqual([4, 5]);
    host.boxes.reserveSlots(() => []);
    await Promise.all(boxes.map(({ id }) => host.boxes.delete(id)));
  });
});
