import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Box } from "../../src/box/index.ts";
import type { BoxData } from "../../src/box/wire.ts";
import { engineProcess, processesOf } from "../support/engine-process.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

describe("an engine that was killed", () => {
  it("comes back with its boxes asleep, their disks, runs, logs and settings", async () => {
    await using folder = await temporaryFolder();
    const data = folder.path;
    let id: string;
    {
      await using engine = await engineProcess(data);
      const box = await Box.create({ ...engine.connection, name: "survivor", env: { OWN: "1" } });
      id = box.id;
      await engine.call("PUT", "/settings/env", { env_vars: { SHARED: "2" } });
      await box.exec.command("echo kept > file; echo said");
      const run = await box.exec.stream("echo started; sleep 1000");
      const reading = (async () => {
        for await (const chunk of run) {
          if (chunk.type !== "stdout") continue;
          // Both are on the disk when they are answered; the last milliseconds may be lost otherwise.
          await engine.call("GET", "/survivor/runs");
          await engine.call("GET", "/survivor/logs");
          await engine.kill();
        }
      })();
      await expect(reading).rejects.toThrow();
    }
    await expect.poll(() => processesOf(data)).toEqual([]);
    expect(readFileSync("/proc/self/mountinfo", "utf8")).not.toContain(data);

    await using engine = await engineProcess(data);
    expect(await engine.call("GET", "")).toMatchObject([
      { id, name: "survivor", status: "paused" },
    ]);
    const { runs } = await engine.call("GET", "/survivor/runs");
    expect(runs).toMatchObject([
      {
        status: "failed",
        prompt: expect.stringContaining("sleep 1000"),
        error_message: expect.any(String),
      },
      { status: "completed" },
    ]);
    const { logs } = await engine.call("GET", "/survivor/logs");
    expect(logs).toMatchObject([{ message: "said" }, { message: "started" }]);
    const exec = { command: ["sh", "-c", 'cat file; echo "$OWN $SHARED"'] };
    expect(await engine.call("POST", "/survivor/exec", exec)).toMatchObject({
      output: "kept\n1 2\n",
    });
  });

  it("has each box that it had told of, and nothing of the others, whenever it was killed", async () => {
    await using folder = await temporaryFolder();
    const data = folder.path;
    const told = new Map<string, boolean>();
    for (const killAfter of [1, 3, 6]) {
      await using engine = await engineProcess(data);
      let answered = 0;
      const storm = Array.from({ length: 8 }, async (_, index) => {
        const { id } = (await engine.call("POST", "", { labels: [`l${index}`] })) as BoxData;
        told.set(id, true);
        if (++answered === killAfter) await engine.kill();
        // Half of them are deleted again: a box is there, or it is gone.
        if (index % 2 === 0) {
          told.set(id, false);
          await engine.call("DELETE", `/${id}`);
        }
        await engine.call("POST", `/${id}/exec`, { command: ["sh", "-c", "echo x >> file"] });
      });
      await Promise.allSettled(storm);
      await engine.kill();
      await expect.poll(() => processesOf(data)).toEqual([]);
    }

    await using engine = await engineProcess(data);
    const boxes = (await engine.call("GET", "")) as unknown as BoxData[];
    const kept = [...told].filter(([, isKept]) => isKept).map(([id]) => id);
    expect(boxes.map(({ id }) => id)).toEqual(expect.arrayContaining(kept));
    expect(new Set(boxes.map(({ status }) => status))).toEqual(new Set(["paused"]));
    // This engine's own spare has a folder already.
    const others = readdirSync(join(data, "boxes")).filter(
      (id) => !boxes.some((box) => box.id === id),
    );
    expect(others.length).toBeLessThanOrEqual(1);
    for (const { id } of boxes) {
      expect(await engine.call("POST", `/${id}/exec`, { command: ["true"] })).toMatchObject({
        exit_code: 0,
      });
      const { runs } = (await engine.call("GET", `/${id}/runs`)) as { runs: object[] };
      expect(runs).not.toContainEqual(expect.objectContaining({ status: "running" }));
    }
    expect(engine.stderr()).not.toContain("cannot be opened");
  });
});

describe("a data folder", () => {
  it("belongs to one engine; another is told which one has it, until that one is gone", async () => {
    await using folder = await temporaryFolder();
    {
      await using first = await engineProcess(folder.path);
      await expect(engineProcess(folder.path)).rejects.toThrow(
        /Another engine \(process \d+\) uses the data folder .*--data/,
      );
      expect(await first.call("GET", "")).toEqual([]);
      await first.kill();
    }
    await using second = await engineProcess(folder.path);
    expect(await second.call("GET", "")).toEqual([]);
    expect(existsSync(join(folder.path, "engine.lock"))).toBe(true);
  });
});
