import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type ScriptedModel, startModel } from "../../../dev/model/index.ts";
import { Gateway, type OpenGateway } from "../../../src/engine/gateway/gateway.ts";
import { ModelCalls, type ModelCallsOptions } from "../../../src/engine/gateway/model-calls.ts";
import { PROVIDERS } from "../../../src/engine/gateway/providers.ts";
import { spawnBoxd, type TestBoxd } from "../boxd/support/boxd.ts";

const KEY = "the-real-key";

let boxd: TestBoxd;
let model: ScriptedModel;
const gateway = new Gateway();
const opened: OpenGateway[] = [];
const servers: Server[] = [];

beforeAll(async () => {
  boxd = await spawnBoxd();
  model = await startModel();
});
afterEach(() => {
  for (const each of opened.splice(0)) each.close();
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});
afterAll(async () => {
  gateway.close();
  await model.close();
  await boxd[Symbol.asyncDispose]();
});

/** One run's way to the provider, and what it has noted. */
async function run(options: Partial<ModelCallsOptions> & { provider?: never; name?: string } = {}) {
  const { name = "anthropic", ...rest } = options;
  const known = PROVIDERS.find((provider) => provider.name === name);
  if (known === undefined) throw new Error(`no provider ${name}`);
  const notes: string[] = [];
  const calls = new ModelCalls({
    key: KEY,
    model: "claude-sonnet-4-5",
    onNote: (message) => notes.push(message),
    ...rest,
    provider: { ...known, baseUrl: model.url },
  });
  const open = await gateway.open(boxd.connection, calls);
  opened.push(open);
  const ask = (path: string, body: object, headers: Record<string, string> = {}) =>
    fetch(open.url + path, {
      method: "POST",
      headers: { "content-type": "application/json", "x-api-key": calls.token, ...headers },
      body: JSON.stringify({ model: calls.model, ...body }),
    });
  return { calls, notes, ask, url: open.url };
}

/** A provider of the test's own. */
async function provider(answer: Parameters<typeof createServer>[1]): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const hello = (format: string) =>
  format === "responses" ? { input: "hello" } : { messages: [{ role: "user", content: "hello" }] };
const paths = {
  messages: "/v1/messages",
  responses: "/v1/responses",
  chat: "/v1/chat/completions",
} as const;
const formats = ["messages", "responses", "chat"] as const;

describe("the gateway", () => {
  for (const format of formats) {
    for (const stream of [false, true]) {
      it(`passes ${format} ${stream ? "as a stream" : "whole"}, with the real key, and counts it`, async () => {
        model.play({
          turns: [{ text: "hi there", usage: { input: 1000, cachedInput: 400, output: 50 } }],
        });
        const { calls, ask } = await run({
          name: "openrouter",
          model: "anthropic/claude-sonnet-4.5",
        });
        const answer = await ask(paths[format], { ...hello(format), stream });
        expect(answer.status).toBe(200);
        const text = await answer.text();
        expect(text).toContain("hi there");
        expect(calls.usage).toEqual({ input: 1000, cachedInput: 400, cacheWrite: 0, output: 50 });
        // 600 at $3, 400 at $0.30 and 50 at $15 a million.
        expect(calls.costUsd).toBeCloseTo(0.0018 + 0.00012 + 0.00075, 9);
        const seen = model.requests.at(-1);
        expect(seen?.headers.authorization).toBe(`Bearer ${KEY}`);
        expect(JSON.stringify(seen)).not.toContain(calls.token);
      });
    }
  }

  it("gives Anthropic its key in the header that it takes, and what else the program told it", async () => {
    const { ask } = await run();
    await ask("/v1/messages?beta=true", hello("messages"), {
      "anthropic-version": "2023-06-01",
      "anthropic-beta": "a,b",
      cookie: "c=d",
      "x-other": "e",
    });
    const { path, headers } = model.requests.at(-1) ?? {};
    expect(path).toBe("/v1/messages?beta=true");
    expect(headers).toMatchObject({ "x-api-key": KEY, "anthropic-beta": "a,b" });
    expect(headers).not.toHaveProperty("cookie");
    expect(headers).not.toHaveProperty("x-other");
    expect(headers).not.toHaveProperty("authorization");
  });

  it("adds nothing to what a program asks but the wish for the usage of a stream", async () => {
    const { ask } = await run({ name: "openai", model: "gpt-5.5" });
    await ask(paths.chat, { ...hello("chat"), stream: true, seed: 7 });
    expect(model.requests.at(-1)?.body).toEqual({
      model: "gpt-5.5",
      ...hello("chat"),
      stream: true,
      seed: 7,
      stream_options: { include_usage: true },
    });
    await ask(paths.chat, { ...hello("chat"), seed: 7 });
    expect(model.requests.at(-1)?.body).toEqual({ model: "gpt-5.5", ...hello("chat"), seed: 7 });
  });

  it("takes the provider's own word for what a call costs", async () => {
    model.play({ turns: [{ text: "hi", costUsd: 0.25 }] });
    const { calls, ask } = await run({ name: "openrouter", model: "nobody/knows-this" });
    await (await ask(paths.chat, { ...hello("chat"), stream: true })).text();
    expect(calls.costUsd).toBe(0.25);
  });

  it("counts the tokens of a model without a known price, and says so once", async () => {
    model.play({ turns: [{ text: "hi" }] });
    const { calls, notes, ask } = await run({ name: "openai", model: "nobody-knows" });
    for (let i = 0; i < 3; i++) await (await ask(paths.responses, hello("responses"))).text();
    expect(calls).toMatchObject({ costUsd: 0, hasPrice: false, usage: { input: 300, output: 60 } });
    expect(notes).toEqual([
      "The price of nobody-knows is not known: its tokens are counted, its cost is not.",
    ]);
  });

  it.each([
    ["no token", {}],
    ["another run's token", { "x-api-key": "box-run-of-somebody-else" }],
    ["the real key", { authorization: `Bearer ${KEY}` }],
  ])("refuses %s", async (_what, headers) => {
    const before = model.requests.length;
    const { url } = await run();
    const answer = await fetch(`${url}/v1/messages`, {
      method: "POST",
      headers,
      body: JSON.stringify(hello("messages")),
    });
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({
      type: "error",
      error: { type: "authentication_error" },
    });
    expect(model.requests.length).toBe(before);
  });

  it("knows the run's own model, and no path but those at which models are asked", async () => {
    const { url, calls } = await run();
    const headers = { authorization: `Bearer ${calls.token}` };
    const models = await fetch(`${url}/v1/models`, { headers });
    expect(await models.json()).toMatchObject({ data: [{ id: "claude-sonnet-4-5" }] });
    for (const path of ["/v1/files", "/v1/messages/batches", "/", "/v1/../v1/organizations"]) {
      expect((await fetch(url + path, { method: "POST", headers, body: "{}" })).status).toBe(404);
    }
  });

  it.each([
    ["what is no JSON", "{", 400],
    ["what is no object", "[]", 400],
  ])("refuses %s", async (_what, body, status) => {
    const { url, calls } = await run();
    const headers = { "x-api-key": calls.token };
    const answer = await fetch(`${url}/v1/messages`, { method: "POST", headers, body });
    expect(answer.status).toBe(status);
  });

  it("refuses a body that is packed, and one that no provider takes", async () => {
    const { url, calls } = await run();
    const headers = { "x-api-key": calls.token };
    const packed = await fetch(`${url}/v1/messages`, {
      method: "POST",
      headers: { ...headers, "content-encoding": "zstd" },
      body: "x",
    });
    expect(packed.status).toBe(415);
    const huge = await fetch(`${url}/v1/messages`, {
      method: "POST",
      headers,
      body: Buffer.alloc(65 * 2 ** 20, " "),
    });
    expect(huge.status).toBe(413);
  });
});

describe("a budget", () => {
  it("lets the call through that reaches it, and none after that, with the reason", async () => {
    model.play({ turns: [{ text: "hi", usage: { input: 100_000, output: 0 } }] });
    const { calls, ask } = await run({ budgetUsd: 0.5 });
    expect((await ask(paths.messages, hello("messages"))).status).toBe(200);
    expect((await ask(paths.messages, hello("messages"))).status).toBe(200);
    const asked = model.requests.length;
    const refused = await ask(paths.messages, hello("messages"));
    expect(refused.status).toBe(402);
    const reason =
      "The budget of $0.5 is spent ($0.6000 so far): run it again with a larger maxBudgetUsd to go on.";
    expect(await refused.text()).toMatch(/budget of this run is spent/);
    expect(calls.problem).toBe(reason);
    expect(model.requests.length).toBe(asked);
  });

  it("is not got around by a query, nor by a model whose price nobody knows", async () => {
    model.play({ turns: [{ text: "hi" }] });
    const { calls, ask } = await run({ budgetUsd: 1 });
    await (await ask("/v1/messages?x=/count_tokens", hello("messages"))).text();
    expect(calls.count).toBe(1);
    await (await ask("/v1/messages/count_tokens", hello("messages"))).text();
    expect(calls.count).toBe(1);
    const unpriced = await ask(paths.messages, {
      ...hello("messages"),
      model: "claude-unheard-of",
    });
    expect(unpriced.status).toBe(400);
    expect(await unpriced.text()).toContain("the price of that model is not known");
  });

  it("is not got around by leaving before the usage comes", async () => {
    model.play({ turns: [{ text: "x".repeat(4000), pieceDelayMs: 5 }] });
    const { calls, ask } = await run({ name: "openai", model: "gpt-5.5" });
    const answer = await ask(paths.chat, {
      messages: [{ role: "user", content: "y".repeat(40_000) }],
      stream: true,
    });
    await answer.body?.getReader().cancel();
    await expect.poll(() => calls.count).toBe(1);
    expect(calls.usage.input).toBeGreaterThan(9_000);
    expect(calls.costUsd).toBeGreaterThan(0);
  });
});

describe("a program that asks without end", () => {
  it("is told to wait above so many calls at once, and each that it leaves is counted", async () => {
    model.play({ turns: [{ delayMs: 20_000 }] });
    const { calls, ask, url } = await run();
    const leaving = new AbortController();
    const headers = { "x-api-key": calls.token };
    const body = JSON.stringify({ model: calls.model, ...hello("messages") });
    const before = model.requests.length;
    const waiting = Array.from({ length: 32 }, () =>
      fetch(`${url}/v1/messages`, { method: "POST", headers, body, signal: leaving.signal }).catch(
        () => undefined,
      ),
    );
    await expect.poll(() => model.requests.length - before).toBe(32);
    const refused = await ask(paths.messages, hello("messages"));
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("1");
    leaving.abort();
    await Promise.all(waiting);
    await expect.poll(() => calls.count).toBe(32);
    expect(calls.costUsd).toBeGreaterThan(0);
  });
});

describe("a provider in trouble", () => {
  it("that is busy is asked again when it says, and the run learns nothing of it", async () => {
    model.play({
      turns: [
        { status: 429, retryAfterSeconds: 0.05 },
        { status: 529, retryAfterSeconds: 0 },
        { text: "at last" },
      ],
    });
    const { calls, notes, ask } = await run();
    const answer = await ask(paths.messages, hello("messages"));
    expect(await answer.text()).toContain("at last");
    expect(notes).toEqual([
      "anthropic is busy (429): asking again in 0.05 s.",
      "anthropic is busy (529): asking again in 0 s.",
    ]);
    expect(calls.problem).toBeUndefined();
    expect(calls.count).toBe(1);
  });

  it("that wants longer than anybody waits is given up at once", async () => {
    model.play({ turns: [{ status: 429, retryAfterSeconds: 3600, message: "come tomorrow" }] });
    const { calls, ask } = await run();
    const answer = await ask(paths.messages, hello("messages"));
    expect(answer.status).toBe(400);
    expect(calls.problem).toBe(
      "anthropic does not answer (429), also when asked again: come tomorrow. Try again later.",
    );
  });

  it("that refuses the key is not asked again, and the key is not told", async () => {
    model.play({ turns: [{ status: 401, message: `invalid key ${KEY}` }] });
    const before = model.requests.length;
    const { calls, ask } = await run();
    const answer = await ask(paths.messages, hello("messages"));
    expect(answer.status).toBe(400);
    expect(calls.problem).toMatch(
      /refuses the key \(401\): invalid key \[key\]\. Store a valid one/,
    );
    expect(await answer.text()).not.toContain(KEY);
    expect(model.requests.length).toBe(before + 1);
  });

  it("that cannot be reached is named", async () => {
    const { calls, ask } = await run();
    Object.assign(calls.provider, { baseUrl: "http://127.0.0.1:1" });
    const answer = await ask(paths.messages, hello("messages"));
    expect(answer.status).toBe(400);
    expect(calls.problem).toMatch(
      /anthropic cannot be reached at http:\/\/127.0.0.1:1: .*ECONNREFUSED/,
    );
  });

  it("that breaks off leaves a broken answer, not a short one", async () => {
    model.play({ turns: [{ text: "x".repeat(500), cutAfterEvents: 4 }] });
    const { calls, ask } = await run();
    const answer = await ask(paths.messages, { ...hello("messages"), stream: true });
    await expect(answer.text()).rejects.toThrow();
    await expect.poll(() => calls.count).toBe(1);
    expect(calls.usage.input).toBe(100);
  });

  it("whose refusal of the request itself is the program's to read gets it unchanged", async () => {
    model.play({ turns: [{ status: 400, message: "prompt is too long" }] });
    const { calls, ask } = await run();
    const answer = await ask(paths.messages, hello("messages"));
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { message: "prompt is too long" } });
    expect(calls.problem).toBeUndefined();
  });

  it("is let go when the program has gone", async () => {
    let isOpen = false;
    const url = await provider((request, response) => {
      isOpen = true;
      request.resume();
      response.on("close", () => {
        isOpen = false;
      });
    });
    const { calls, url: own } = await run();
    Object.assign(calls.provider, { baseUrl: url });
    const leaving = new AbortController();
    const asking = fetch(`${own}/v1/messages`, {
      method: "POST",
      headers: { "x-api-key": calls.token },
      body: JSON.stringify(hello("messages")),
      signal: leaving.signal,
    }).catch(() => undefined);
    await expect.poll(() => isOpen).toBe(true);
    leaving.abort();
    await asking;
    await expect.poll(() => isOpen).toBe(false);
  });
});

describe("calls of a run that is over", () => {
  it("end, also those that wait behind others on one connection", async () => {
    let open = 0;
    const url = await provider((request, response) => {
      open++;
      request.resume();
      response.on("close", () => open--);
    });
    const { calls, url: own } = await run();
    Object.assign(calls.provider, { baseUrl: url });
    const body = JSON.stringify(hello("messages"));
    const head = `POST /v1/messages HTTP/1.1\r\nhost: x\r\nx-api-key: ${calls.token}\r\ncontent-length: ${body.length}\r\n\r\n`;
    const socket = connect(Number(new URL(own).port), "127.0.0.1");
    socket.on("error", () => {});
    socket.write((head + body).repeat(3));
    await expect.poll(() => open).toBe(3);
    opened.pop()?.close();
    await expect.poll(() => open).toBe(0);
    await expect.poll(() => calls.count).toBe(3);
    socket.destroy();
  });
});

describe("an answer on its way", () => {
  it("comes piece by piece, not at the end", async () => {
    model.play({
      turns: [{ text: "one two three four five", pieceCharacters: 4, pieceDelayMs: 40 }],
    });
    const { ask } = await run();
    const answer = await ask(paths.messages, { ...hello("messages"), stream: true });
    let chunks = 0;
    for await (const _chunk of answer.body ?? []) chunks++;
    expect(chunks).toBeGreaterThan(4);
  });

  it("of 200 MB passes without being kept", async () => {
    model.play({ turns: [{ bytes: 200_000_000 }] });
    const { ask } = await run();
    const before = process.memoryUsage().rss;
    const answer = await ask(paths.messages, { ...hello("messages"), stream: true });
    let bytes = 0;
    for await (const chunk of answer.body ?? []) bytes += chunk.length;
    expect(bytes).toBeGreaterThanOrEqual(200_000_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000);
  });
});
