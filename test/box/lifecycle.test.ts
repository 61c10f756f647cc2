import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Box } from "../../src/box/index.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { type TestEngine, testEngine } from "../support/test-engine.ts";
import { everyCall } from "./every-call.ts";
import { startPeer } from "./peer.ts";

let host: TestEngine;
beforeAll(async () => {
  host = await testEngine();
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  expect(host.errors).toEqual([]);
});

describe("a box's life", () => {
  it("pauses, keeps its files, and goes on", async () => {
    await using box = await host.box();
    await box.files.write({ path: "kept.txt", content: "kept" });
    await box.pause();
    expect(await box.getStatus()).toEqual({ status: "paused" });
    await box.resume();
    expect(await box.getStatus()).toEqual({ status: "idle" });
    expect(await box.files.read("kept.txt")).toBe("kept");
  });

  it("has an init command only where it never pauses", async () => {
    await using kept = await host.box({ keepAlive: true, initCommand: "npm start" });
    expect(await kept.getInitCommand()).toBe("npm start");
    await kept.setInitCommand("npm run dev");
    expect(await kept.getInitCommand()).toBe("npm run dev");
    await kept.deleteInitCommand();
    expect(await kept.getInitCommand()).toBe("");
    await expect(kept.pause()).rejects.toThrow("Keep-alive boxes cannot be paused. Delete");
    await using box = await host.box();
    const refused = { code: "invalid_argument", message: expect.stringContaining("keepAlive") };
    await expect(box.getInitCommand()).rejects.toMatchObject(refused);
    await expect(box.setInitCommand("x")).rejects.toMatchObject(refused);
    await expect(box.deleteInitCommand()).rejects.toMatchObject(refused);
  });

  it("ends by id, by several ids, and in the form of the original", async () => {
    const boxes = await Promise.all([1, 2, 3].map(() => host.box()));
    const [first = "", second = "", third = ""] = boxes.map(({ id }) => id);
    await Box.delete(first, host.connection);
    await Box.delete([second], host.connection);
    await Box.delete({ ...host.connection, boxIds: third });
    expect(await Box.list(host.connection)).toEqual([]);
    await expect(Box.delete({ ...host.connection, boxIds: [first] })).rejects.toMatchObject({
      code: "not_found",
    });
  });

  it("does not take an empty list, or an empty id, for all boxes", async () => {
    await using peer = await startPeer(() => ({}));
    await Box.delete([], peer.connection);
    await Box.delete({ ...peer.connection, boxIds: [] });
    for (const boxIds of ["", ["a", ""]]) {
      const call = Box.delete({ ...peer.connection, boxIds });
      await expect(call).rejects.toMatchObject({ code: "invalid_argument" });
    }
    expect(peer.requests).toEqual([]);
  });

  it("ends every call that its signal ends", async () => {
    await using box = await host.box();
    await using kept = await host.box({ keepAlive: true });
    const { connection } = host;
    await using folder = await temporaryFolder();
    const signal = AbortSignal.abort(new Error("enough"));
    const calls = await everyCall({ box, kept, connection, folder: folder.path }, { signal });
    for (const [name, call] of Object.entries(calls)) {
      const error = await call().catch((thrown: unknown) => thrown);
      expect(error, name).toMatchObject({ code: "aborted", cause: signal.reason });
    }
    expect(await box.getStatus()).toEqual({ status: "idle" });
    expect(await kept.getInitCommand()).toBe("");
  });
});

describe("what has run and was said", () => {
  it("is listed, newest first, and read in pages", async () => {
    await using box = await host.box();
    await box.exec.command("echo first");
    await box.exec.command("echo second");
    const runs = await box.listRuns();
    expect(runs.map(({ prompt }) => prompt)).toEqual(["sh -c echo second", "sh -c echo first"]);
    const entries = await box.logs();
    expect(entries.length).toBeGreaterThan(1);
    expect(await box.logs({ offset: 1, limit: 1 })).toEqual([entries[1]]);
    expect(await box.logs({ offset: 1_000_000 })).toEqual([]);
    await expect(box.logs({ offset: -1 })).rejects.toMatchObject({ code: "bad_request" });
  });

  it("is nothing where the service says null, and an error where that cannot be", async () => {
    await using peer = await startPeer(({ path }) => {
      if (path.endsWith("/box-1")) return { id: "box-1", status: "idle", network_policy: null };
      return path.endsWith("/logs") ? { logs: null } : null;
    });
    const box = await Box.get("box-1", peer.connection);
    expect(await box.logs()).toEqual([]);
    expect(await box.listRuns()).toEqual([]);
    expect(await box.schedule.list()).toEqual([]);
    expect(await Box.listEnv(peer.connection)).toEqual({});
    expect(box.networkPolicy).toEqual({ mode: "allow-all" });
    const protocol = { code: "protocol" };
    await expect(box.getStatus()).rejects.toMatchObject(protocol);
    await expect(box.snapshot({ name: "a" })).rejects.toMatchObject(protocol);
    await expect(box.getPublicURL(80)).rejects.toMatchObject(protocol);
    await expect(box.schedule.get("a")).rejects.toMatchObject(protocol);
    await box.schedule.pause("a");
  });
});
