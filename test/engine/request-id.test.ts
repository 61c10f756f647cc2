import { request as httpRequest, type IncomingMessage } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import type { Box } from "../../src/box/index.ts";
import { FRAMES_MEDIA_TYPE } from "../../src/box/wire.ts";
import { failingDriver } from "../support/failing-driver.ts";
import { type TestEngine, testEngine } from "../support/test-engine.ts";

let host: TestEngine;
let box: Box;
beforeAll(async () => {
  host = await testEngine();
  box = await host.box();
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  expect(host.errors).toEqual([]);
});

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe("/healthz", () => {
  it("says that the engine is up, to everybody", async () => {
    const response = await fetch(`${host.engine.url}/healthz`);
    expect([response.status, await response.json()]).toEqual([200, { ok: true }]);
    expect((await fetch(`${host.engine.url}/healthz`, { method: "HEAD" })).status).toBe(200);
  });
});

describe("every answer names its request", () => {
  const command = (...command: string[]) => ({ method: "POST", body: JSON.stringify({ command }) });
  it.each<[string, string, RequestInit, number]>([
    ["of a box", "", {}, 200],
    ["of a command", "/exec", command("true"), 200],
    ["that is a stream", "/exec-stream", command("echo", "a"), 200],
    [
      "that is a stream in frames",
      "/exec-stream",
      { ...command("true"), headers: { accept: FRAMES_MEDIA_TYPE } },
      200,
    ],
    ["that is a file", "/files/download?folder=/etc/hosts", {}, 200],
    ["that is a refusal", "/exec", { method: "POST", body: "{" }, 400],
    ["without a key", "", { headers: { "x-box-api-key": "wrong" } }, 401],
    ["to what is not there", "/nowhere", {}, 404],
    ["to a method that is not taken", "/exec", {}, 405],
    ["to a WebSocket asked for by HTTP", "/exec-session", {}, 426],
  ])("one %s", async (_what, path, init, status) => {
    const mine = { ...init, headers: { ...init.headers, "x-request-id": "mine-1_=" } };
    for (const [request, expected] of [
      [mine, /^mine-1_=$/],
      [init, UUID],
    ] as const) {
      const response = await host.request(`/${box.id}${path}`, request);
      expect(response.status).toBe(status);
      const id = response.headers.get("x-request-id");
      expect(id).toMatch(expected);
      const text = await response.text();
      if (status >= 400) expect(JSON.parse(text)).toMatchObject({ request_id: id });
    }
  });

  it("one of a failure of the engine's own, too", async () => {
    await using broken = await testEngine({ driver: failingDriver("none", new Error("a secret")) });
    const response = await broken.request("", { method: "POST", body: "{}" });
    const body = (await response.json()) as Record<string, string>;
    expect([response.status, body.code]).toEqual([500, "internal"]);
    expect(body.error).not.toContain("secret");
    expect(body.request_id).toBe(response.headers.get("x-request-id"));
  });

  it.each(["", "has blanks", "x".repeat(256), "ümlaut", 'a"b', "a,b"])(
    "but not by %j, which is not well-formed",
    async (offered) => {
      const headers = { "x-request-id": Buffer.from(offered).toString("latin1") };
      const response = await fetch(`${host.engine.url}/healthz`, { headers });
      expect(response.headers.get("x-request-id")).toMatch(UUID);
    },
  );

  it.each([
    ["that is accepted", () => box.id, 101],
    ["of a box that is not there", () => "nobody", 404],
  ])("one to a WebSocket %s", async (_what, id, status) => {
    const url = `${host.engine.url.replace("http", "ws")}/v2/box/${id()}/exec-session`;
    const headers = { "x-box-api-key": host.apiKey, "x-request-id": "mine" };
    const socket = new WebSocket(url, { headers });
    const response = await new Promise<IncomingMessage>((resolve) => {
      socket.on("upgrade", resolve);
      socket.on("unexpected-response", (_request, refusal) => resolve(refusal));
    });
    expect([response.statusCode, response.headers["x-request-id"]]).toEqual([status, "mine"]);
    if (status === 101) {
      socket.close();
      await new Promise((resolve) => socket.on("close", resolve));
    } else {
      let text = "";
      for await (const chunk of response) text += chunk;
      expect(JSON.parse(text)).toMatchObject({ code: "not_found", request_id: "mine" });
    }
  });

  it("one to a WebSocket that is asked for wrongly", async () => {
    const sent = httpRequest(`${host.engine.url}/v2/box/${box.id}/exec-session`, {
      headers: {
        "x-box-api-key": host.apiKey,
        "x-request-id": "mine",
        connection: "upgrade",
        upgrade: "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": "short",
      },
    }).end();
    const response = await new Promise<IncomingMessage>((resolve) => sent.on("response", resolve));
    let text = "";
    for await (const chunk of response) text += chunk;
    expect([response.statusCode, response.headers["x-request-id"]]).toEqual([400, "mine"]);
    expect(JSON.parse(text)).toMatchObject({
      code: "invalid_request",
      request_id: "mine",
      error: expect.stringMatching(/Sec-WebSocket-Key.*WebSocket client/),
    });
  });
});
