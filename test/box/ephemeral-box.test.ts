import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EphemeralBox } from "../../src/box/index.ts";
import { type TestEngine, testEngine } from "../support/test-engine.ts";

let host: TestEngine;
beforeAll(async () => {
  host = await testEngine();
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  expect(host.errors).toEqual([]);
});

describe("an ephemeral box", () => {
  it("tells when it ends, and has commands, files, folders and schedules", async () => {
    const before = Math.floor(Date.now() / 1000);
    await using box = await EphemeralBox.create({
      ...host.connection,
      ttl: 600,
      name: "short",
      labels: ["ci"],
      env: { A: "1" },
    });
    expect(box.expiresAt).toBeGreaterThanOrEqual(before + 600);
    expect(box.expiresAt).toBeLessThan(before + 700);
    expect(box).toMatchObject({ name: "short", networkPolicy: { mode: "allow-all" } });
    await box.cd("/tmp");
    await box.files.write({ path: "a.txt", content: "a" });
    expect((await box.exec.command("cat a.txt; echo $A")).result).toBe("a1");
    const schedule = await box.schedule.exec({ cron: "0 0 1 1 *", command: ["true"] });
    expect(schedule.folder).toBe("/tmp");
    expect(await box.getStatus()).toEqual({ status: "idle" });
  });

  it("is taken up by id and by name, and deleted at the end of its block", async () => {
    const { id } = await EphemeralBox.create({ ...host.connection, name: "again" });
    {
      await using box = await EphemeralBox.getByName("again", host.connection);
      expect(box.id).toBe(id);
      expect(box.expiresAt - Date.now() / 1000).toBeGreaterThan(259_000);
    }
    const call = EphemeralBox.get(id, host.connection);
    await expect(call).rejects.toMatchObject({ code: "not_found" });
  });

  it("is not made of a box that stays", async () => {
    await using box = await host.box();
    const call = EphemeralBox.get(box.id, host.connection);
    await expect(call).rejects.toMatchObject({ code: "invalid_argument" });
    expect(await box.getStatus()).toEqual({ status: "idle" });
  });

  it("lives three days at most", async () => {
    const call = EphemeralBox.create({ ...host.connection, ttl: 259_201 });
    await expect(call).rejects.toMatchObject({ code: "bad_request" });
  });
});
