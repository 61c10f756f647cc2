import { afterEach, describe, expect, it, vi } from "vitest";
import { Agent, Box, EphemeralBox } from "../../src/box/index.ts";
import { passTimeUntilSettled } from "./pass-time.ts";
import { BOX, type Handler, startPeer, withBox } from "./peer.ts";

const SNAPSHOT = { id: "snap_1", name: "a", box_id: "box-1", size_bytes: 1, created_at: 1 };

/** A service that needs time: each look at the list shows the next status. */
function slowly(...states: string[]): Handler {
  return withBox(({ method, path }) => {
    if (!path.endsWith("/snapshots")) return undefined;
    const snapshot = { ...SNAPSHOT, status: states.shift() };
    if (method === "POST") return snapshot;
    return { snapshots: snapshot.status === undefined ? [] : [snapshot] };
  });
}

afterEach(() => {
  vi.useRealTimers();
});

describe("box.snapshot", () => {
  it("asks nothing more when the snapshot is ready at once", async () => {
    await using peer = await startPeer(slowly("ready"));
    const box = await Box.get("box-1", peer.connection);
    expect(await box.snapshot({ name: "a" })).toEqual({ ...SNAPSHOT, status: "ready" });
    expect(peer.requests.slice(1)).toMatchObject([
      { method: "POST", path: "/v2/box/box-1/snapshots", body: { name: "a" } },
    ]);
  });

  it("waits for one that is still being taken", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    await using peer = await startPeer(slowly("creating", "creating", "ready"));
    const box = await Box.get("box-1", peer.connection);
    const taken = box.snapshot({ name: "a" });
    await passTimeUntilSettled(taken);
    expect((await taken).status).toBe("ready");
  });

  it.each([
    ["cannot be taken", ["creating", "error"]],
    ["is gone while it is waited for", ["creating"]],
  ])("says where to look when it %s", async (_, states) => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    await using peer = await startPeer(slowly(...states));
    const box = await Box.get("box-1", peer.connection);
    const taken = box.snapshot({ name: "a" });
    await passTimeUntilSettled(taken.catch(() => {}));
    await expect(taken).rejects.toMatchObject({
      code: "snapshot_failed",
      message: expect.stringContaining("log"),
    });
  });

  it("stops waiting when its signal fires, or after five minutes", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    await using peer = await startPeer(slowly(...Array<string>(1000).fill("creating")));
    const box = await Box.get("box-1", peer.connection);
    const controller = new AbortController();
    const taken = box.snapshot({ name: "a", signal: controller.signal });
    const aborted = expect(taken).rejects.toMatchObject({ code: "aborted" });
    await peer.seen("/snapshots");
    setTimeout(() => controller.abort(), 3000);
    await passTimeUntilSettled(taken.catch(() => {}));
    await aborted;
    const long = box.snapshot({ name: "a" });
    const late = expect(long).rejects.toMatchObject({
      code: "timeout",
      message: expect.stringContaining("300000 ms"),
    });
    await passTimeUntilSettled(long.catch(() => {}));
    await late;
  });

  it("leaves no timer behind, however the waiting ends", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const states = ["creating", "creating", "ready", "creating", "error", "creating", "creating"];
    // Not over HTTP: Node's client has timers of its own.
    const answer = (method: string | undefined) => {
      const snapshot = { ...SNAPSHOT, status: states.shift() };
      return method === "POST" ? snapshot : { snapshots: [snapshot] };
    };
    const box = await Box.get("box-1", {
      apiKey: "key-of-a-test",
      fetch: async (url, init) =>
        Response.json(String(url).endsWith("/snapshots") ? answer(init?.method) : BOX),
    });
    const ready = box.snapshot({ name: "a" });
    await passTimeUntilSettled(ready);
    const failed = box.snapshot({ name: "a" });
    await passTimeUntilSettled(failed.catch(() => {}));
    const controller = new AbortController();
    const { signal } = controller;
    const aborted = box.snapshot({ name: "a", signal });
    await vi.advanceTimersByTimeAsync(1000);
    expect(vi.getTimerCount()).toBeGreaterThan(0);
    controller.abort();
    await expect(aborted).rejects.toMatchObject({ code: "aborted" });
    await expect(failed).rejects.toMatchObject({ code: "snapshot_failed" });
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("fromSnapshot", () => {
  it("sends every option with the snapshot's id", async () => {
    await using peer = await startPeer(() => BOX);
    const box = await Box.fromSnapshot("snap_1", {
      ...peer.connection,
      agent: { harness: Agent.ClaudeCode, model: "m" },
      git: { userName: "John Doe" },
      skills: ["a/b/c"],
      size: "medium",
      env: { A: "1" },
    });
    expect(box.id).toBe("box-1");
    expect(peer.requests).toMatchObject([{ method: "POST", path: "/v2/box/from-snapshot" }]);
    expect(peer.requests[0]?.body).toEqual({
      snapshot_id: "snap_1",
      agent: "claude-code",
      model: "m",
      git_user_name: "John Doe",
      skills: ["a/b/c"],
      size: "medium",
      env_vars: { A: "1" },
    });
  });

  it("makes an ephemeral box with its time to live", async () => {
    await using peer = await startPeer(() => ({ ...BOX, ephemeral: true, expires_at: 9 }));
    const box = await EphemeralBox.fromSnapshot("snap_1", { ...peer.connection, ttl: 600 });
    expect(box.expiresAt).toBe(9);
    expect(peer.requests[0]?.body).toEqual({ snapshot_id: "snap_1", ephemeral: true, ttl: 600 });
  });
});

describe("Box.deleteSnapshots", () => {
  it("deletes the named ones, or all, but not all for an empty list", async () => {
    await using peer = await startPeer(() => ({ deleted: 2 }));
    const { connection } = peer;
    expect(await Box.deleteSnapshots({ ...connection, snapshotIds: "a" })).toEqual({ deleted: 2 });
    await Box.deleteSnapshots({ ...connection, snapshotIds: ["a", "b"] });
    expect(await Box.deleteSnapshots({ ...connection, snapshotIds: [] })).toEqual({ deleted: 0 });
    await EphemeralBox.deleteSnapshots(connection);
    expect(peer.requests.map(({ method, path, body }) => [method, path, body])).toEqual([
      ["DELETE", "/v2/box/snapshots", { ids: ["a"] }],
      ["DELETE", "/v2/box/snapshots", { ids: ["a", "b"] }],
      ["DELETE", "/v2/box/snapshots", {}],
    ]);
  });
});
