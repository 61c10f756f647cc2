import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Box, BoxError } from "../../src/box/index.ts";
import { serveEngine } from "../../src/engine/serve-engine.ts";
import { descendants } from "../support/descendants.ts";
import { failingDriver } from "../support/failing-driver.ts";
import { type TestEngine, testEngine } from "../support/test-engine.ts";

let host: TestEngine;
beforeAll(async () => {
  host = await testEngine();
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  expect(host.errors).toEqual([]);
});

describe("boxes", () => {
  it("are idle when create returns, are listed, and are gone after delete", async () => {
    const box = await host.box({ name: "listed", labels: ["one", "two"] });
    expect(await box.getStatus()).toEqual({ status: "idle" });
    const listed = await Box.list({ ...host.connection, label: "two" });
    expect(listed.map(({ id }) => id)).toEqual([box.id]);
    expect((await Box.get("listed", host.connection)).id).toBe(box.id);
    expect(existsSync(join(host.data, "boxes", box.id))).toBe(true);

    await box.delete();
    expect(existsSync(join(host.data, "boxes", box.id))).toBe(false);
    await expect(Box.get(box.id, host.connection)).rejects.toMatchObject({
      code: "not_found",
      statusCode: 404,
    });
  });

  it("are created by the dozen at the same time, each with a disk of its own", async () => {
    const boxes = await Promise.all(Array.from({ length: 12 }, () => host.box()));
    await Promise.all(boxes.map((box) => box.files.write({ path: "who", content: box.id })));
    const found = await Promise.all(boxes.map((box) => box.files.read("who")));
    expect(found).toEqual(boxes.map(({ id }) => id));
    await Box.delete(
      boxes.map(({ id }) => id),
      host.connection,
    );
    expect(readdirSync(join(host.data, "boxes"))).toEqual([]);
  });

  it("are not half deleted when one id of several is unknown", async () => {
    const box = await host.box();
    await expect(Box.delete([box.id, "no-such-box"], host.connection)).rejects.toMatchObject({
      statusCode: 404,
    });
    expect(await box.getStatus()).toEqual({ status: "idle" });
    await box.delete();
  });

  it("say running while a command runs, and deleting them then does not hang", async () => {
    const box = await host.box();
    const run = await box.exec.stream("echo started; sleep 60");
    for await (const chunk of run) {
      if (chunk.type === "stdout") break;
    }
    expect(await box.getStatus()).toEqual({ status: "running" });
    await box.delete();
  });

  it("refuse a name that is taken, one at a time or at the same time", async () => {
    const results = await Promise.allSettled([
      host.box({ name: "taken" }),
      host.box({ name: "taken" }),
    ]);
    const refused = results.filter(({ status }) => status === "rejected");
    expect(refused).toHaveLength(1);
    expect(refused[0]).toMatchObject({ reason: { statusCode: 409 } });
    await (await Box.get("taken", host.connection)).delete();
  });

  it("are asleep after the engine was restarted, and wake with their disk", async () => {
    const first = await testEngine();
    const box = await first.box();
    await box.files.write({ path: "kept", content: "yes" });
    await first.engine.close();
    const second = await serveEngine({ data: first.data, apiKey: first.apiKey });
    try {
      const again = await Box.get(box.id, { baseUrl: second.url, apiKey: first.apiKey });
      expect(await again.getStatus()).toEqual({ status: "paused" });
      expect(await again.files.read("kept")).toBe("yes");
      expect(await again.getStatus()).toEqual({ status: "idle" });
    } finally {
      await second.close();
      await first[Symbol.asyncDispose]();
    }
  });

  it("stay deleted when an agent's run ends while they are deleted", async () => {
    const box = await host.box({
      agent: { harness: "custom", customHarness: { command: "sh", args: ["agent.sh"] } },
    });
    const done = 'event: done\\ndata: {"output":"x"}\\n\\n';
    await box.files.write({ path: "agent.sh", content: `printf '${done}'` });
    const runs = Array.from({ length: 8 }, () => box.agent.run({ prompt: "x" }));
    const ended = Promise.allSettled(runs);
    await Promise.race(runs);
    await box.delete();
    await ended;
    expect(existsSync(join(host.data, "boxes", box.id))).toBe(false);
  });

  it("that are being created when the engine stops are not made, and nothing runs on", async () => {
    await using stopping = await testEngine();
    const creating = Promise.allSettled([stopping.box(), stopping.box(), stopping.box()]);
    await expect.poll(() => readdirSync(join(stopping.data, "boxes")).length).toBeGreaterThan(0);
    await stopping.engine.close();
    const created = await creating;
    expect(await running(stopping.data)).toEqual([]);
    expect(readdirSync(join(stopping.data, "boxes"))).toHaveLength(
      created.filter(({ status }) => status === "fulfilled").length,
    );
  });

  it.each([
    ["is cut off", (path: string) => writeFileSync(path, '{"id":')],
    ["is of another version", (path: string) => writeFileSync(path, "{}")],
    [
      "cannot be read",
      (path: string) => {
        rmSync(path);
        mkdirSync(path);
      },
    ],
  ])("keep their disk when their record %s, and it is reported", async (_what, spoil) => {
    await using first = await testEngine();
    const box = await first.box();
    const other = await first.box();
    await box.files.write({ path: "kept", content: "yes" });
    await first.engine.close();
    const folder = join(first.data, "boxes", box.id);
    spoil(join(folder, "box.json"));
    mkdirSync(join(first.data, "boxes", "cut-off", "disk"), { recursive: true });

    await using second = await testEngine({ data: first.data });
    expect((await Box.list(second.connection)).map(({ id }) => id)).toEqual([other.id]);
    expect(readFileSync(join(folder, "disk/workspace/kept"), "utf8")).toBe("yes");
    expect(second.errors).toMatchObject([{ message: expect.stringContaining(folder) }]);
    expect(existsSync(join(first.data, "boxes", "cut-off"))).toBe(false);
  });
});

describe("requests that are wrong", () => {
  it.each([
    ["no key", {}, { "x-box-api-key": "" }, 401, /API key/],
    ["a wrong key", {}, { "x-box-api-key": "wrong" }, 401, /API key/],
    ["a field of the wrong type", { name: 5 }, {}, 400, /name/],
    [
      "a bad label",
      { labels: ["a b"] },
      {},
      400,
      /^labels: label "a b" contains invalid characters$/,
    ],
    ["a reserved name", { name: "snapshots" }, {}, 400, /reserved/],
    ["a name that is a path", { name: "../x" }, {}, 400, /name/],
    ["PATH in env_vars", { env_vars: { PATH: "/evil" } }, {}, 400, /PATH cannot be set/],
    ["an agent nobody knows", { agent: "nobody" }, {}, 400, /agent/],
    ["a custom agent without program", { agent: "custom" }, {}, 400, /custom_runner/],
    ["a size nobody knows", { size: "huge" }, {}, 400, /size/],
    ["a network it cannot give", { network_policy: { mode: "custom" } }, {}, 501, /deny-all/],
    ["a runtime nobody knows", { runtime: "cobol" }, {}, 400, /node, python, golang, ruby, rust/],
    ["an agent without a model", { agent: "codex" }, {}, 400, /^model: .*codex/],
    ["an init command without keep_alive", { init_command: "true" }, {}, 400, /keep_alive: true/],
    ["a time to live without ephemeral", { ttl: 5 }, {}, 400, /ephemeral: true/],
    ["a time to live above three days", { ephemeral: true, ttl: 259_201 }, {}, 400, /ttl/],
    ["six labels", { labels: ["1", "2", "3", "4", "5", "6"] }, {}, 400, /labels/],
    [
      "a key for a custom agent",
      { agent: "custom", custom_runner: { command: "x" }, agent_api_key: "k" },
      {},
      501,
      /agent_api_key.*env_vars/,
    ],
    [
      "headers it cannot attach",
      { attach_headers: { "a.b": { c: "d" } } },
      {},
      501,
      /attach_headers/,
    ],
  ])("%s is refused with the reason", async (_what, body, headers, status, message) => {
    const response = await host.request("", {
      method: "POST",
      body: JSON.stringify(body),
      headers: headers as Record<string, string>,
    });
    expect(response.status).toBe(status);
    const answer = (await response.json()) as { error: string; request_id: string };
    expect(answer.error).toMatch(message);
    expect(answer.request_id).toBe(response.headers.get("x-request-id"));
    expect(await Box.list(host.connection)).toEqual([]);
  });

  it("a body that is not JSON, an unknown route and an unknown box are told apart", async () => {
    const broken = await host.request("", { method: "POST", body: "{" });
    expect([broken.status, await broken.json()]).toMatchObject([400, { code: "invalid_json" }]);
    const route = await host.request("/x/y/z", { method: "PUT" });
    expect([route.status, await route.json()]).toMatchObject([
      404,
      { error: expect.stringMatching(/^There is no PUT \/v2\/box\/x\/y\/z;/) },
    ]);
    const box = await host.request("/nobody/exec", {
      method: "POST",
      body: JSON.stringify({ command: ["true"] }),
    });
    expect([box.status, await box.json()]).toMatchObject([404, { code: "not_found" }]);
  });

  it("fields that it does not know are ignored", async () => {
    const response = await host.request("", {
      method: "POST",
      body: JSON.stringify({ something_newer: true }),
    });
    expect(response.status).toBe(200);
    const { id } = (await response.json()) as { id: string };
    await (await Box.get(id, host.connection)).delete();
  });

  it("a box that cannot be made leaves nothing behind", async () => {
    const driver = failingDriver("none", new Error("the disk is full"));
    await using broken = await testEngine({ driver });
    await expect(broken.box()).rejects.toSatisfy(BoxError.isInstance);
    expect(await Box.list(broken.connection)).toEqual([]);
  });
});

/** Ids of the processes that were started with this word on their command line. */
async function running(word: string): Promise<number[]> {
  const found: number[] = [];
  for (const pid of await descendants(process.pid)) {
    const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    if (command.includes(word)) found.push(pid);
  }
  return found;
}
