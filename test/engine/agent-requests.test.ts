import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Box } from "../../src/box/index.ts";
import { type TestEngine, testEngine } from "../support/test-engine.ts";
import { webhookReceiver } from "../support/webhook-receiver.ts";

/** Answers with what it is asked, with its variables and with the first file that it was given. */
const PROGRAM = `
const { readFileSync } = require("node:fs");
const prompt = process.argv[process.argv.indexOf("-p") + 1];
const send = (name, data) => process.stdout.write("event: " + name + "\\ndata: " + JSON.stringify(data) + "\\n\\n");
if (prompt.startsWith("fail")) send("error", { error: "out of ideas" });
else {
  const paths = prompt.match(/^- (.*)$/gm) ?? [];
  const contents = paths.map((line) => readFileSync(line.slice(2), "latin1"));
  const answer = { argv: process.argv.slice(1), schema: process.env.BOX_JSON_SCHEMA, paths, contents };
  const output = prompt.startsWith("say") ? prompt.split("\\n\\n")[0].slice(4) : JSON.stringify(answer);
  send("done", { output });
}`;
const agentPrograms = {
  "claude-code": { command: "node", args: ["-e", PROGRAM, "--"] },
};

let host: TestEngine;
let box: Box;
let receiver: Awaited<ReturnType<typeof webhookReceiver>>;
beforeAll(async () => {
  receiver = await webhookReceiver();
  host = await testEngine({ agentPrograms, allowedHosts: [receiver.host] });
  box = await host.box({ agent: { harness: "claude-code", model: "anthropic/x" } });
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  await receiver[Symbol.asyncDispose]();
  expect(host.errors).toEqual([]);
});

async function post(path: string, body: object): Promise<{ status: number; text: string }> {
  const isForm = body instanceof FormData;
  const response = await host.request(`/${box.id}/${path}`, {
    method: "POST",
    body: isForm ? body : JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}

/** What the program has answered. */
async function answer(body: object) {
  const { text } = await post("run/stream", body);
  const data = /event: done\ndata: (.*)\n/.exec(text)?.[1];
  if (data === undefined) throw new Error(text);
  return JSON.parse(JSON.parse(data).output);
}

describe("a program in the place of an agent", () => {
  it("is run for boxes of that agent, with the box's model", async () => {
    const { argv } = await answer({ prompt: "hello" });
    expect(argv.join(" ")).toBe("-p hello --model anthropic/x --stream");
  });

  it("is refused for what is no agent", async () => {
    const options = { agentPrograms: { clippy: { command: "true" } } };
    await expect(testEngine(options)).rejects.toThrow(/no agent clippy.*claude-code/);
  });
});

describe("json_schema", () => {
  const json_schema = { type: "object", properties: { score: { type: "number" } } };

  it("reaches the program in its prompt and in its environment", async () => {
    const { argv, schema } = await answer({ prompt: "rate it", json_schema });
    expect(argv[1]).toMatch(/^rate it\n\n.*JSON schema.*"score"/s);
    expect(JSON.parse(schema)).toEqual(json_schema);
  });

  it("takes the fence off an answer", async () => {
    const prompt = 'say ```json\n{"score":1}\n```';
    expect(await answer({ prompt, json_schema })).toEqual({ score: 1 });
  });

  it("fails the run for an answer that is no JSON", async () => {
    const { text } = await post("run/stream", { prompt: "say It is good.", json_schema });
    expect(text).toMatch(/event: error\ndata: .*not JSON/);
    expect(text).not.toContain("event: done");
  });

  it("holds its patterns against an answer in time that grows with it, however they look", async () => {
    const prompt = `say "${"a".repeat(200)}!"`;
    const { text } = await post("run/stream", { prompt, json_schema: { pattern: "^(a+)+$" } });
    expect(text).toMatch(/event: error\ndata: .*must match pattern/);
  });

  it("is refused with a pattern that looks ahead", async () => {
    const { status, text } = await post("run", {
      prompt: "x",
      json_schema: { pattern: "^(?=a)" },
    });
    expect([status, text]).toEqual([400, expect.stringMatching(/json_schema: .*\(\?=/)]);
  });
});

describe("files of a prompt", () => {
  const bytes = Buffer.from([0, 255, 10, 13, 128]);

  it("lie outside of the work folder, two of one name too, and the prompt says where", async () => {
    const file = { data: bytes.toString("base64"), filename: "shot.png", media_type: "image/png" };
    const { paths, contents } = await answer({ prompt: "look", files: [file, file] });
    expect(paths).toHaveLength(2);
    expect(new Set(paths).size).toBe(2);
    expect(paths[0]).toMatch(/^- \/tmp\/.*\/shot\.png$/);
    expect(contents[1]).toBe(bytes.toString("latin1"));
    expect((await box.exec.command("ls -A")).stdout).toBe("");
  });

  it("come as parts of a form too, and no name of theirs leads elsewhere", async () => {
    const form = new FormData();
    form.append("prompt", "look");
    form.append("json_schema", '{"type":"object"}');
    form.append("files", new Blob([bytes]), "../../home/boxuser/.bashrc");
    const { paths, contents, schema } = await answer(form);
    expect(paths).toEqual([expect.stringMatching(/^- \/tmp\/attachments\/[^/]+\/1\/\.bashrc$/)]);
    expect(contents).toEqual([bytes.toString("latin1")]);
    expect(schema).toBe('{"type":"object"}');
  });

  const file = (filename: string, data = "eA==") => ({ prompt: "x", files: [{ filename, data }] });
  it.each<[string, object, number, RegExp]>([
    ["a name that is a folder", file("a/.."), 400, /files\.0\.filename/],
    ["a name with a line break", file("a\n- b"), 400, /files\.0\.filename/],
    ["what is no base64", file("a", "*"), 400, /files\.0\.data/],
    ["eleven files", { prompt: "x", files: Array(11).fill(file("a").files[0]) }, 400, /files/],
    ["10 MB and a byte", file("a", Buffer.alloc(10_485_761).toString("base64")), 413, /files\.0/],
    ["a form without a prompt", new FormData(), 400, /form|prompt/],
  ])("are refused: %s", async (_what, body, status, message) => {
    const refused = await post("run/stream", body);
    expect(refused.status).toBe(status);
    expect(JSON.parse(refused.text).error).toMatch(message);
  });
});

describe("POST /{id}/run", () => {
  it.each([
    ["completed", "say it", { output: "it" }],
    ["failed", "fail", { error: "out of ideas" }],
  ])("answers at once and tells the webhook when the run has %s", async (status, prompt, rest) => {
    const before = receiver.deliveries.length;
    const webhook = { url: receiver.url, headers: { "x-mine": "1" } };
    const { text } = await post("run", { prompt, webhook });
    const { run_id } = JSON.parse(text);
    const { headers, body } = (await receiver.received(before + 1)).at(-1) ?? { body: "" };
    expect(headers).toMatchObject({ "x-mine": "1" });
    expect(JSON.parse(body)).toMatchObject({ box_id: box.id, run_id, status, ...rest });
    expect(await (await host.request(`/${box.id}/runs/${run_id}`)).json()).toMatchObject({
      status,
    });
  });

  it("refuses a webhook that can never be reached, before the agent has begun", async () => {
    const webhook = { url: "http://127.0.0.1:9/" };
    const { status, text } = await post("run", { prompt: "x", webhook });
    expect(status).toBe(400);
    expect(text).toContain("webhook");
  });
});
