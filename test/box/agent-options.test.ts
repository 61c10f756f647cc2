import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { z as z3 } from "zod-3";
import { Box } from "../../src/box/index.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { type TestEngine, testEngine } from "../support/test-engine.ts";
import { webhookReceiver } from "../support/webhook-receiver.ts";
import { BOX, sendJson, startPeer } from "./peer.ts";

/** Reads the files of its prompt, uses a tool, and answers as JSON where it is asked to. */
const PROGRAM = `
const { readFileSync } = require("node:fs");
const prompt = process.argv[process.argv.indexOf("-p") + 1];
const send = (name, data) => process.stdout.write("event: " + name + "\\ndata: " + JSON.stringify(data) + "\\n\\n");
send("tool", { name: "Read", input: { path: "a" }, tool_call_id: "t1" });
send("tool_result", { tool_call_id: "t1", output: "read" });
const files = (prompt.match(/^- (.*)$/gm) ?? []).map((line) => line.slice(2));
const contents = files.map((path) => path.split("/").at(-1) + "=" + readFileSync(path, "utf8"));
const schema = process.env.BOX_JSON_SCHEMA;
const all = { name: "Ada", score: 9, schema };
const asked = Object.keys(schema ? JSON.parse(schema).properties : {});
const answer = JSON.stringify(Object.fromEntries(asked.map((key) => [key, all[key]])));
send("done", { output: schema ? answer : contents.join(",") || prompt });
`;

let host: TestEngine;
let box: Box;
let receiver: Awaited<ReturnType<typeof webhookReceiver>>;
beforeAll(async () => {
  receiver = await webhookReceiver();
  host = await testEngine({
    agentPrograms: { "claude-code": { command: "node", args: ["-e", PROGRAM, "--"] } },
    allowedHosts: [receiver.host],
  });
  box = await host.box({ agent: { harness: "claude-code", model: "anthropic/x" } });
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  await receiver[Symbol.asyncDispose]();
  expect(host.errors).toEqual([]);
});

describe("agent.run", () => {
  it.each([
    ["zod 4", z.object({ name: z.string(), score: z.number() })],
    ["zod 3", z3.object({ name: z3.string(), score: z3.number() })],
  ])("gives what a schema of %s makes of the answer", async (_which, responseSchema) => {
    const { result } = await box.agent.run({ prompt: "rate", responseSchema });
    expect(result).toMatchObject({ name: "Ada", score: 9 });
  });

  it("sends the whole of a zod 3 schema", async () => {
    const responseSchema = z3.object({ schema: z3.string(), score: z3.number().min(1) });
    const { result } = await box.agent.run({ prompt: "rate", responseSchema });
    const score: number = result.score;
    expect(score).toBe(9);
    expect(JSON.parse(result.schema)).toMatchObject({
      type: "object",
      properties: { score: { type: "number", minimum: 1 } },
    });
  });

  it("tells which tools are used and what they answer", async () => {
    const told: unknown[] = [];
    await box.agent.run({
      prompt: "x",
      onToolUse: (tool) => told.push(tool),
      onToolResult: (result) => told.push(result),
    });
    expect(told).toEqual([
      { toolCallId: "t1", name: "Read", input: { path: "a" } },
      { toolCallId: "t1", output: "read" },
    ]);
    const broken = () => {
      throw new Error("mine");
    };
    await expect(box.agent.run({ prompt: "x", onToolUse: broken })).rejects.toMatchObject({
      message: expect.stringContaining("onToolUse"),
      cause: { message: "mine" },
    });
  });

  it("takes files of this machine, and contents", async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, "grüße.txt");
    await writeFile(path, "grüße");
    expect((await box.agent.run({ prompt: "x", files: [path] })).result).toBe("grüße.txt=grüße");
    const file = { data: Buffer.from("hi").toString("base64"), mediaType: "text/plain" };
    const { result } = await box.agent.run({
      prompt: "x",
      files: [file, { ...file, filename: "b" }],
    });
    expect(result).toBe("file-1=hi,b=hi");
  });

  it("refuses files that cannot be sent, before anything is", async () => {
    const run = (files: string[]) => box.agent.run({ prompt: "x", files });
    await expect(run(["/no/such"])).rejects.toThrow(/\/no\/such cannot be read/);
    await expect(run(Array(11).fill("/etc/hostname"))).rejects.toThrow(/at most 10 files/);
  });

  it("with a webhook does not wait for the end", async () => {
    const webhook = { url: receiver.url, headers: { "x-mine": "1" } };
    const run = await box.agent.run({ prompt: "go", webhook });
    expect(run.status).toBe("running");
    const [told] = await receiver.received(1);
    expect(JSON.parse(told?.body ?? "")).toMatchObject({
      ...{ run_id: run.id, status: "completed", output: "go" },
    });
  });
});

describe("maxRetries", () => {
  const events = 'event: done\ndata: {"output":"done"}\n\n';

  async function boxThatFails(statuses: number[]) {
    const peer = await startPeer(({ path }, response) => {
      if (path === "/v2/box/box-1") return BOX;
      const status = statuses.shift();
      if (status !== undefined) return sendJson(response, { error: "busy" }, status);
      response.writeHead(200, { "content-type": "text/event-stream" }).end(events);
    });
    return { peer, box: await Box.get("box-1", peer.connection) };
  }

  it("tries again what was turned away, and no more often than it is told", async () => {
    const { peer, box: busy } = await boxThatFails([503, 503, 503]);
    await using _ = peer;
    await expect(busy.agent.run({ prompt: "x", maxRetries: 1 })).rejects.toMatchObject({
      statusCode: 503,
    });
    expect((await busy.agent.run({ prompt: "x", maxRetries: 1 })).result).toBe("done");
    expect(peer.requests.filter(({ path }) => path.endsWith("/run/stream"))).toHaveLength(4);
  });

  it("does not try again what is wrong, or was begun", async () => {
    const { peer, box: wrong } = await boxThatFails([400]);
    await using _ = peer;
    await expect(wrong.agent.run({ prompt: "x", maxRetries: 5 })).rejects.toThrow(/busy/);
    await using cut = await startPeer(({ path }, response) => {
      if (path === "/v2/box/box-1") return BOX;
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write('event: text\ndata: {"text":"a"}\n\n', () => response.destroy());
    });
    const begun = await Box.get("box-1", cut.connection);
    await expect(begun.agent.run({ prompt: "x", maxRetries: 5 })).rejects.toThrow(/connection/);
    expect(cut.requests.filter(({ path }) => path.endsWith("/run/stream"))).toHaveLength(1);
  });

  it("stops waiting when it is aborted", async () => {
    const { peer, box: busy } = await boxThatFails([503, 503]);
    await using _ = peer;
    const abort = new AbortController();
    const run = busy.agent.run({ prompt: "x", maxRetries: 5, signal: abort.signal });
    setTimeout(() => abort.abort(), 50);
    await expect(run).rejects.toMatchObject({ name: "BoxError" });
    expect(peer.requests.filter(({ path }) => path.endsWith("/run/stream"))).toHaveLength(1);
  });
});
