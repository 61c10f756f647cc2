import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { createEngine } from "../../../src/engine/engine.ts";
import { PreviewHosts } from "../../../src/engine/previews/preview-hosts.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { testEngine } from "../../support/test-engine.ts";
import { startProgram } from "./start-program.ts";

const TEMPLATE = "https://{id}-{port}.preview.example.com";
const PORT = 3000;

async function ask(base: string, path: string, headers: Record<string, string>) {
  const asked = request(`${base}${path}`, { headers });
  asked.end();
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  return { status: answer.statusCode, text: await text(answer) };
}

describe("the host names of public URLs", () => {
  it("are found in every way of writing them, and nothing else is", () => {
    const hosts = new PreviewHosts(TEMPLATE);
    const found = { id: "right-flamingo-14486", port: 3000, isProxied: true, protocol: "https" };
    for (const name of [
      "right-flamingo-14486-3000.preview.example.com",
      "Right-Flamingo-14486-3000.Preview.Example.com:443",
      "right-flamingo-14486-3000.preview.example.com.",
    ]) {
      expect(hosts.find(name)).toEqual(found);
    }
    expect(hosts.find("right-flamingo-14486-80.localhost:8787")).toEqual({
      id: "right-flamingo-14486",
      port: 80,
      isProxied: false,
      protocol: "http",
    });
    for (const name of [
      undefined,
      "",
      "localhost:8787",
      "127.0.0.1",
      "preview.example.com",
      "right-flamingo-14486.preview.example.com",
      "right-flamingo-14486-3000.previewXexample.com",
      "x.right-flamingo-14486-3000.preview.example.com",
      "right-flamingo-14486-3000.preview.example.com.evil.example",
      "right-flamingo-14486-300000.preview.example.com",
      "right-flamingo-14486-3000.localhost.example",
    ]) {
      expect(hosts.find(name)).toBeUndefined();
    }
  });

  it("are the operator's, with all others that the same wildcard leads to the engine", () => {
    const hosts = new PreviewHosts(TEMPLATE);
    for (const name of [
      "foo.preview.example.com",
      "FOO.preview.example.com:443",
      "-.preview.example.com.",
    ]) {
      expect(hosts.isReserved(name), name).toBe(true);
    }
    for (const name of ["preview.example.com", "a.b.preview.example.com", "localhost", undefined]) {
      expect(hosts.isReserved(name), name).toBe(false);
      expect(new PreviewHosts(undefined).isReserved(name)).toBe(false);
    }
  });

  it("never lead to the API, whatever they name", async () => {
    await using host = await testEngine({ previewUrl: TEMPLATE });
    const headers = { "x-box-api-key": host.apiKey };
    for (const path of ["/healthz", "/v2/box", "/openapi.json"]) {
      const answer = await ask(host.baseUrl, path, { ...headers, host: "foo.preview.example.com" });
      expect(answer.status, path).toBe(404);
      expect(answer.text).not.toContain("ok");
    }
    expect((await ask(host.baseUrl, "/healthz", { host: "engine.example.com" })).status).toBe(200);
  });

  it.each([
    ["https://{port}-{id}.p.example.com", "https://3000-right-flamingo-14486.p.example.com"],
    [
      "http://{id}-{port}.p.example.com:8443/",
      "http://right-flamingo-14486-3000.p.example.com:8443",
    ],
    ["https://{port}.{id}.example.com", "https://3000.right-flamingo-14486.example.com"],
  ])("may have the form %s", (template, url) => {
    const hosts = new PreviewHosts(template);
    expect(hosts.url("right-flamingo-14486", 3000)).toBe(url);
    expect(hosts.find(new URL(url).host)).toMatchObject({ id: "right-flamingo-14486", port: 3000 });
  });

  it.each([
    "",
    "preview.example.com",
    "https://preview.example.com",
    "https://{id}.preview.example.com",
    "https://{id}-{port}-{port}.preview.example.com",
    "https://preview.example.com/{id}/{port}",
    "https://{id}.example.com:{port}",
    "https://{id}-{port}.example.com/path",
    "ftp://{id}-{port}.example.com",
    "https://{id}-{port}.exa mple.com",
  ])("may not have the form %s", async (template) => {
    expect(() => new PreviewHosts(template)).toThrow(/must be an http or https origin with \{id\}/);
    await using folder = await temporaryFolder();
    const options = { data: folder.path, apiKey: "k", previewUrl: template };
    await expect(createEngine(options)).rejects.toThrow("origin");
  });
});

describe("public URLs on the engine's own port", () => {
  it("have the operator's form, and what the reverse proxy says of the client is believed", async () => {
    await using host = await testEngine({ previewUrl: TEMPLATE });
    const box = await host.box();
    await startProgram(box, PORT);
    const { url, token } = await box.getPublicURL(PORT, { bearerToken: true });
    const name = `${box.id}-${PORT}.preview.example.com`;
    expect(url).toBe(`https://${name}`);
    expect(await box.listPublicURLs()).toEqual({ publicURLs: [{ url, port: PORT }] });
    const headers = {
      host: name,
      authorization: `Bearer ${token}`,
      "x-forwarded-for": "192.0.2.7",
      "x-forwarded-host": "what.the.browser.said",
    };
    const { status, text } = await ask(host.baseUrl, "/echo", headers);
    expect(status).toBe(201);
    expect(JSON.parse(text).headers).toMatchObject({
      host: name,
      "x-forwarded-for": "192.0.2.7, 127.0.0.1",
      "x-forwarded-host": "what.the.browser.said",
      "x-forwarded-proto": "https",
    });
    expect((await ask(host.baseUrl, "/echo", { host: name })).status).toBe(401);

    const socket = new WebSocket(`${host.baseUrl.replace("http", "ws")}/socket`, { headers });
    await once(socket, "message");
    socket.send("over the engine's port");
    expect(String((await once(socket, "message"))[0])).toBe("over the engine's port");
    socket.close();
    await once(socket, "close");

    await box.deletePublicURL(PORT);
    expect((await ask(host.baseUrl, "/echo", headers)).status).toBe(404);
    expect(host.errors).toEqual([]);
  });

  it("are reached under .localhost too, and never show the API", async () => {
    await using host = await testEngine();
    const box = await host.box({ name: "by-name" });
    await startProgram(box, PORT);
    const port = new URL(host.baseUrl).port;
    const headers = (id: string, boxPort = PORT) => ({
      host: `${id}-${boxPort}.localhost:${port}`,
      "x-box-api-key": host.apiKey,
      "x-forwarded-for": "6.6.6.6",
    });
    // There is none yet.
    const none = await ask(host.baseUrl, "/v2/box", headers(box.id));
    expect([none.status, none.text]).toEqual([404, expect.stringContaining("no public URL")]);
    await box.getPublicURL(PORT);
    expect(await ask(host.baseUrl, "/v2/box", headers(box.id))).toEqual({
      status: 404,
      text: "no /v2/box",
    });
    const { text } = await ask(host.baseUrl, "/echo", headers(box.id));
    expect(JSON.parse(text).headers["x-forwarded-for"]).toBe("127.0.0.1");
    expect(text).not.toContain(host.apiKey);
    expect((await ask(host.baseUrl, "/echo", headers(box.id, 3001))).status).toBe(404);
    expect((await ask(host.baseUrl, "/echo", headers("right-flamingo-14486"))).status).toBe(404);
    const socket = new WebSocket(
      `${host.baseUrl.replace("http", "ws")}/v2/box/${box.id}/exec-session`,
      {
        headers: headers(box.id, 3001),
      },
    );
    const [, refused] = await once(socket, "unexpected-response");
    expect(refused.statusCode).toBe(404);
    socket.on("error", () => undefined).terminate();
    // The API itself is where it was.
    expect((await host.request(`/${box.id}/status`)).status).toBe(200);
    expect(host.errors).toEqual([]);
  });

  it("without a way to bind ports and without a form of the operator's there are none", async () => {
    await using folder = await temporaryFolder();
    const engine = await createEngine({ data: folder.path, apiKey: "k", spareSandbox: false });
    try {
      const call = (path: string, body: unknown) =>
        engine.fetch(
          new Request(`http://engine/v2/box${path}`, {
            method: "POST",
            headers: { "x-box-api-key": "k" },
            body: JSON.stringify(body),
          }),
        );
      const { id } = (await (await call("", {})).json()) as { id: string };
      const answer = await call(`/${id}/preview`, { port: 1 });
      expect(answer.status).toBe(501);
      expect(((await answer.json()) as { error: string }).error).toContain("--preview-url");
    } finally {
      await engine.close();
    }
  });

  it("an engine on all addresses says the name that its client knows", async () => {
    await using host = await testEngine({ host: "0.0.0.0" } as object);
    const box = await host.box();
    const port = new URL(host.baseUrl).port;
    const answer = await fetch(`http://127.0.0.1:${port}/v2/box/${box.id}/preview`, {
      method: "POST",
      headers: { "x-box-api-key": host.apiKey },
      body: JSON.stringify({ port: 1 }),
    });
    expect(((await answer.json()) as { url: string }).url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });
});
