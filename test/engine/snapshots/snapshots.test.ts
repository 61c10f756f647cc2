import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Box, EphemeralBox } from "../../../src/box/index.ts";
import type { BoxData } from "../../../src/box/wire.ts";
import { callEngine } from "../../support/call-engine.ts";
import { layersOf } from "../../support/layers-of.ts";
import { type TestEngine, testEngine } from "../../support/test-engine.ts";

/** For what the engine does when nobody waits for it. */
const SOON = { timeout: 20_000 };

let host: TestEngine;
beforeAll(async () => {
  host = await testEngine();
});
afterEach(async () => {
  const boxes = await Box.list(host.connection);
  if (boxes.length > 0) await Box.delete({ ...host.connection, boxIds: boxes.map(({ id }) => id) });
  await Box.deleteSnapshots(host.connection);
  // Whatever a test did: nothing is left of it.
  await expect.poll(() => layersOf(host), SOON).toEqual([]);
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  expect(host.errors).toEqual([]);
});

const call = (...args: Parameters<ReturnType<typeof callEngine>>) =>
  callEngine({ url: host.engine.url, apiKey: host.apiKey })(...args);

const restore = (id: string, options: object = {}) =>
  Box.fromSnapshot(id, { ...host.connection, ...options });

const output = async (box: Box | EphemeralBox, command: string) =>
  (await box.exec.command(command)).stdout;

describe("a snapshot", () => {
  it("is ready when it is answered, with exactly the keys of the contract", async () => {
    const box = await host.box();
    const now = Math.floor(Date.now() / 1000);
    const snapshot = await call("POST", `/${box.id}/snapshots`, { name: "first" });
    expect(snapshot).toEqual({
      id: expect.stringMatching(/^snap_[a-z0-9]+$/),
      name: "first",
      box_id: box.id,
      size_bytes: expect.any(Number),
      status: "ready",
      created_at: expect.any(Number),
    });
    expect(snapshot.created_at).toBeGreaterThanOrEqual(now);
    expect(snapshot.size_bytes).toBeGreaterThan(0);
    expect(await call("GET", `/${box.id}/snapshots`)).toEqual({ snapshots: [snapshot] });
  });

  it("gives boxes the disk of its moment, and what they change is their own", async () => {
    const box = await host.box();
    await box.exec.command("echo one >kept; echo two >changed; mkdir folder; echo x >folder/gone");
    await box.exec.command("echo home >~/file; echo t >/tmp/file; ln -s kept link; chmod 600 kept");
    const { id } = await box.snapshot({ name: "a" });
    await box.exec.command("echo later >kept; rm -r folder");

    const [left, right] = [await restore(id), await restore(id)];
    await left.exec.command("echo left >>changed; mv folder moved; rm moved/gone");
    const seen =
      "cat kept changed ~/file /tmp/file; find . | sort; stat -c '%a %U' kept; readlink link";
    const untouched =
      "one\ntwo\nhome\nt\n.\n./changed\n./folder\n./folder/gone\n./kept\n./link\n600 boxuser\nkept\n";
    expect(await output(right, seen)).toBe(untouched);
    expect(await output(await restore(id), seen)).toBe(untouched);
    expect(await output(left, "cat changed; ls . moved")).toBe(
      "two\nleft\n.:\nchanged\nkept\nlink\nmoved\n\nmoved:\n",
    );
    expect(await output(box, "cat kept; ls")).toBe("later\nchanged\nkept\nlink\n");
  });

  it("holds the agent's configuration and the variables; the request goes above them", async () => {
    const body = {
      agent: "codex",
      model: "openai/old",
      agent_api_key: "STORED_KEY",
      size: "medium",
      skills: ["a/b/c"],
      mcp_servers: [{ name: "m", source: "npm", package_or_url: "p" }],
      env_vars: { KEPT: "old", OVER: "old" },
      network_policy: { mode: "deny-all" },
      runtime: "node",
      labels: ["not-inherited"],
      name: "source",
    };
    await call("POST", "", body);
    const { id } = await call("POST", "/source/snapshots", { name: "a" });
    const plain = (await call("POST", "/from-snapshot", { snapshot_id: id })) as BoxData;
    const inherited = {
      agent: "codex",
      model: "openai/old",
      size: "medium",
      enabled_skills: ["a/b/c"],
      network_policy: { mode: "deny-all" },
      runtime: "node",
      status: "idle",
    };
    expect(plain).toMatchObject(inherited);
    expect([plain.name, plain.labels]).toEqual([undefined, undefined]);
    const over = {
      snapshot_id: id,
      name: "over",
      labels: ["new"],
      model: "openai/new",
      size: "large",
      skills: [],
      env_vars: { OVER: "new", ADDED: "new" },
    };
    expect(await call("POST", "/from-snapshot", over)).toMatchObject({
      ...inherited,
      name: "over",
      labels: ["new"],
      model: "openai/new",
      size: "large",
      enabled_skills: [],
    });
    const variables = { command: ["sh", "-c", 'echo "$KEPT $OVER $ADDED"'] };
    expect(await call("POST", `/${plain.id}/exec`, variables)).toMatchObject({
      output: "old old \n",
    });
    expect(await call("POST", "/over/exec", variables)).toMatchObject({ output: "old new new\n" });
  });

  it("keeps the git identity unless another is named", async () => {
    const box = await host.box({ git: { userName: "Old", userEmail: "old@example.com" } });
    const { id } = await box.snapshot({ name: "a" });
    const identity = "git config user.name; git config user.email; git config init.defaultBranch";
    expect(await output(await restore(id), identity)).toBe("Old\nold@example.com\nmaster\n");
    const other = await restore(id, { git: { userName: "New" } });
    expect(await output(other, identity)).toBe("New\nold@example.com\nmaster\n");
  });

  it("outlives its box, in the list and on the disk", async () => {
    const box = await host.box({ name: "gone" });
    await box.exec.command("echo kept >file");
    const { id } = await box.snapshot({ name: "a" });
    await box.delete();
    expect(await call("GET", `/${box.id}/snapshots`)).toMatchObject({ snapshots: [{ id }] });
    expect(await output(await restore(id), "cat file")).toBe("kept\n");
    expect(await call("DELETE", `/${box.id}/snapshots/${id}`)).toEqual({ deleted: 1 });
    expect(await call("GET", `/${box.id}/snapshots`)).toMatchObject({ http: 404 });
  });

  it("is taken of a paused box, which stays paused", async () => {
    const box = await host.box();
    await box.exec.command("echo kept >file");
    await box.pause();
    const { id } = await box.snapshot({ name: "a" });
    expect(await box.getStatus()).toEqual({ status: "paused" });
    expect(await output(await restore(id), "cat file")).toBe("kept\n");
    expect(await output(box, "cat file")).toBe("kept\n");
  });

  it("is taken of a box in which a process lives, and that one goes on", async () => {
    const box = await host.box();
    const script = "while :; do echo line >>log; sleep 0.01; done";
    await box.exec.command(`echo kept >file; sh -c '${script}' >/dev/null 2>&1 & echo $! >pid`);
    const { id } = await box.snapshot({ name: "a" });
    const count = async () => Number(await output(box, "wc -l <log"));
    const atSnapshot = await count();
    await expect.poll(count).toBeGreaterThan(atSnapshot);
    expect(await output(box, "kill -0 $(cat pid) && echo lives")).toBe("lives\n");

    const copy = await restore(id);
    expect(await output(copy, "cat file; pgrep -fc '^sh -c while'")).toBe("kept\n0\n");
    expect(Number(await output(copy, "wc -l <log"))).toBeLessThanOrEqual(atSnapshot);
  });

  it("is taken in the middle of a command, whose output and exit code are as without it", async () => {
    const box = await host.box();
    const run = await box.exec.stream("echo begun; until test -e go; do sleep 0.01; done; exit 3");
    for await (const chunk of run) {
      if (chunk.type !== "stdout") continue;
      expect((await box.snapshot({ name: "a" })).status).toBe("ready");
      await box.files.write({ path: "go", content: "" });
    }
    expect(run).toMatchObject({ exitCode: 3, stdout: "begun\n" });
  });

  it("is taken of a keep-alive box, which runs on", async () => {
    const body = { keep_alive: true, init_command: "echo up >>starts; exec sleep 1000" };
    const { id } = await call("POST", "", body);
    await expect
      .poll(() => call("GET", `/${id}/files/read?path=starts`))
      .toEqual({ content: "up\n" });
    const snapshot = await call("POST", `/${id}/snapshots`, { name: "a" });
    const copy = await restore(snapshot.id as string);
    expect(await output(copy, "cat starts; pgrep sleep")).toBe("up\n");
    expect(copy.keepAlive).toBe(false);
    expect(await call("GET", `/${id}/files/read?path=starts`)).toEqual({ content: "up\n" });
  });

  it("is taken of a keep-alive box in which nothing runs, and it is started again", async () => {
    const { id } = await call("POST", "", { keep_alive: true, name: "kept" });
    await call("POST", "/kept/snapshots", { name: "a" });
    await expect.poll(() => call("GET", "/kept/status")).toEqual({ status: "idle" });
    const exec = { command: ["echo", "hi"] };
    expect(await call("POST", `/${id}/exec`, exec)).toMatchObject({ output: "hi\n" });
  });

  it("is taken of an ephemeral box, and makes ephemeral ones", async () => {
    const box = await EphemeralBox.create(host.connection);
    await box.exec.command("echo kept >file");
    const { id } = await box.snapshot({ name: "a" });
    await box.delete();
    const copy = await EphemeralBox.fromSnapshot(id, { ...host.connection, ttl: 600 });
    expect(copy.expiresAt).toBeGreaterThan(Date.now() / 1000);
    expect(await output(copy, "cat file")).toBe("kept\n");
    // A snapshot does not make the boxes from it ephemeral.
    expect(await call("GET", `/${(await restore(id)).id}`)).not.toHaveProperty("expires_at");
  });

  it("shares its name with others; they are listed newest first, those of one box", async () => {
    const [box, other] = [await host.box({ name: "listed" }), await host.box()];
    const first = await box.snapshot({ name: "same" });
    await other.snapshot({ name: "same" });
    await box.exec.command("touch file");
    const second = await box.snapshot({ name: "same" });
    expect(first.id).not.toBe(second.id);
    expect((await box.listSnapshots()).map(({ id }) => id)).toEqual([second.id, first.id]);
    expect(await call("GET", "/listed/snapshots")).toMatchObject({
      snapshots: [{ id: second.id }, { id: first.id }],
    });
  });

  it("has the size of its layers, of which many files are counted a moment later", async () => {
    const box = await host.box();
    await box.exec.command("head -c 1000000 /dev/urandom >blob; ln blob again");
    const small = await box.snapshot({ name: "small" });
    expect(small.size_bytes).toBeGreaterThan(1_000_000);
    expect(small.size_bytes).toBeLessThan(1_500_000);
    await box.exec.command(
      "mkdir many; cd many; head -c 20000000 /dev/urandom | split -b 10000 -a 4 -",
    );
    const large = await box.snapshot({ name: "large" });
    expect(large.size_bytes).toBeGreaterThan(1_000_000);
    const counted = async () => (await box.listSnapshots())[0]?.size_bytes;
    await expect.poll(counted, SOON).toBeGreaterThan(21_000_000);
    expect(await counted()).toBeLessThan(40_000_000);
  });
});

describe("many boxes from one snapshot", () => {
  it("are made side by side, each with a disk of its own and the owner of the first", async () => {
    const source = await host.box();
    await source.exec.command("echo seed >file; seq 1000 | xargs -I{} touch f{}");
    const { id } = await source.snapshot({ name: "seed" });
    await source.delete();
    const boxes = await Promise.all(Array.from({ length: 12 }, () => restore(id)));
    const marks = boxes.map(() => randomUUID());
    await Promise.all(boxes.map((box, at) => box.exec.command(`echo ${marks[at]} >>file`)));
    const read = await Promise.all(boxes.map((box) => output(box, "cat file; ls | wc -l")));
    expect(read).toEqual(marks.map((mark) => `seed\n${mark}\n1001\n`));
    // Another box has another owner while the snapshot's is in use.
    const other = await host.box();
    expect(await output(other, "echo own >file; cat file")).toBe("own\n");
  });

  it("go on when the snapshot is deleted", async () => {
    const source = await host.box();
    await source.exec.command("echo seed >file");
    const { id } = await source.snapshot({ name: "seed" });
    await source.delete();
    const boxes = [await restore(id), await restore(id)];
    await Box.deleteSnapshots({ ...host.connection, snapshotIds: id });
    for (const box of boxes) {
      expect(await output(box, "cat file")).toBe("seed\n");
      await box.pause();
      expect(await output(box, "cat file")).toBe("seed\n");
    }
    await expect(restore(id)).rejects.toMatchObject({ statusCode: 404 });
  });

  it("have snapshots of their own, and so have the boxes from those", async () => {
    let box = await host.box();
    for (const generation of [1, 2, 3]) {
      await box.exec.command(`echo ${generation} >>log; rm -f f*; touch f${generation}`);
      const { id } = await box.snapshot({ name: `g${generation}` });
      await box.delete();
      box = await restore(id);
    }
    expect(await output(box, "cat log; ls")).toBe("1\n2\n3\nf3\nlog\n");
  });
});

describe("deleting snapshots", () => {
  it("counts those that were there, each once", async () => {
    const box = await host.box();
    const ids: string[] = [];
    for (const name of ["a", "b", "c", "d"]) ids.push((await box.snapshot({ name })).id);
    const [a, b, c] = ids;
    const some = { ids: [a, a, "snap_unknown", b] };
    expect(await call("DELETE", "/snapshots", some)).toEqual({ deleted: 2 });
    expect(await call("DELETE", "/snapshots", some)).toEqual({ deleted: 0 });
    expect(await call("DELETE", "/snapshots", { ids: [] })).toEqual({ deleted: 0 });
    await box.deleteSnapshot(c as string);
    expect((await box.listSnapshots()).map(({ name }) => name)).toEqual(["d"]);
    expect(await call("DELETE", "/snapshots", {})).toEqual({ deleted: 1 });
    expect(await call("DELETE", "/snapshots", {})).toEqual({ deleted: 0 });
    expect(await output(box, "echo lives")).toBe("lives\n");
  });
});

describe("what cannot be", () => {
  it.each([
    ["POST", "/from-snapshot", { snapshot_id: "snap_x" }, 404, /no snapshot snap_x; list/],
    ["POST", "/from-snapshot", {}, 400, /snapshot_id/],
    ["POST", "/nobody/snapshots", { name: "a" }, 404, /no box nobody; list/],
    ["GET", "/nobody/snapshots", undefined, 404, /no box nobody; list/],
    ["DELETE", "/nobody/snapshots/snap_x", undefined, 404, /no snapshot snap_x; list/],
    ["DELETE", "/snapshots", { ids: "snap_x" }, 400, /ids/],
    ["DELETE", "/snapshots", { ids: [""] }, 400, /ids/],
  ])("%s %s with %o is refused with the reason", async (method, path, body, http, error) => {
    expect(await call(method, path, body)).toMatchObject({
      http,
      error: expect.stringMatching(error),
    });
  });

  it("is a snapshot without a name, or a box from one that is no box", async () => {
    const box = await host.box({ name: "taken" });
    for (const body of [{}, { name: "" }, { name: 1 }, { name: "x".repeat(129) }]) {
      expect(await call("POST", "/taken/snapshots", body)).toMatchObject({
        http: 400,
        error: expect.stringContaining("name"),
      });
    }
    expect(await call("GET", "/taken/snapshots")).toEqual({ snapshots: [] });
    const { id } = await box.snapshot({ name: "../../evil name \u0000 ☃" });
    const refused: Array<[object, number]> = [
      [{ name: "taken" }, 409],
      [{ env_vars: { PATH: "/evil" } }, 400],
      [{ size: "huge" }, 400],
      [{ git_user_name: "a\nb" }, 400],
    ];
    for (const [options, http] of refused) {
      const answer = await call("POST", "/from-snapshot", { snapshot_id: id, ...options });
      expect(answer).toMatchObject({ http });
    }
    expect(await Box.list(host.connection)).toHaveLength(1);
    expect(await call("DELETE", `/nobody/snapshots/${id}`)).toMatchObject({ http: 404 });
  });
});
