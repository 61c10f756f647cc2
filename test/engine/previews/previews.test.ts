import { once } from "node:events";
import { Box as OfficialBox } from "@upstash/box";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import type { Box } from "../../../src/box/index.ts";
import { type TestEngine, testEngine } from "../../support/test-engine.ts";
import { start, startProgram } from "./start-program.ts";

const PORT = 3000;

/** Longer than any box here takes to pause. */
const PATIENCE = { timeout: 20_000 };

let host: TestEngine;
let box: Box;
beforeAll(async () => {
  host = await testEngine();
  box = await host.box();
  await startProgram(box, PORT);
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  expect(host.errors).toEqual([]);
});

const get = (url: string, authorization?: string) =>
  fetch(url, authorization === undefined ? {} : { headers: { authorization } });
const basic = (user: string, password = "") =>
  `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
async function isRefused(url: string): Promise<boolean> {
  // A connection that was kept open for another request may be cut off first.
  for (let time = 0; time < 10; time++) {
    const code = await fetch(url).then(
      () => "ANSWERED",
      (error) => error.cause.code as string,
    );
    if (code === "ECONNREFUSED" || code === "ANSWERED") return code === "ECONNREFUSED";
  }
  return false;
}

describe("a public URL", () => {
  it("is the address of a port in the box, the same when it is asked for again, and listed", async () => {
    const first = await box.getPublicURL(PORT);
    expect(first).toEqual({
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      port: PORT,
    });
    expect(await box.getPublicURL(PORT)).toEqual(first);
    const answer = await get(`${first.url}/echo/a?b=c`);
    expect(answer.status).toBe(201);
    expect(await answer.json()).toMatchObject({ method: "GET", url: "/echo/a?b=c" });
    expect(await box.listPublicURLs()).toEqual({ publicURLs: [first] });
    await box.deletePublicURL(PORT);
    expect(await box.listPublicURLs()).toEqual({ publicURLs: [] });
    expect(await isRefused(first.url)).toBe(true);
    await expect(box.deletePublicURL(PORT)).rejects.toMatchObject({
      statusCode: 404,
      message: expect.stringContaining(`Port ${PORT} of the box has no public URL`),
    });
  });

  it("reaches what listens on ::1, on all addresses, and programs that are not in JavaScript", async () => {
    await startProgram(box, 3006, "::1");
    await startProgram(box, 3007, "::");
    await start(box, 3008, "python3 -u -m http.server 3008", "Serving");
    for (const port of [3006, 3007]) {
      const { url } = await box.getPublicURL(port);
      expect(await (await get(`${url}/echo`)).json()).toMatchObject({ port: String(port) });
    }
    const { url } = await box.getPublicURL(3008);
    expect(await (await get(`${url}/web-program.mjs`)).text()).toContain("createServer");
    expect((await get(`${url}/nothing`)).status).toBe(404);
  });

  it("is the official client's too", async () => {
    const official = await OfficialBox.get(box.id, host.connection);
    const made = await official.getPublicURL(PORT, { bearerToken: true });
    expect(made).toEqual({ url: expect.any(String), port: PORT, token: expect.any(String) });
    expect((await get(`${made.url}/echo`, `Bearer ${made.token}`)).status).toBe(201);
    expect((await official.listPublicURLs()).publicURLs).toContainEqual({
      url: made.url,
      port: PORT,
    });
    expect((await official.getPreviewUrl(PORT, { basicAuth: true })).username).toBe("user");
    await official.deletePublicURL(PORT);
    expect(await isRefused(made.url)).toBe(true);
  });

  it("says what is wrong with a port, and with a box that is not there", async () => {
    const post = (body: unknown, id = box.id) =>
      host.request(`/${id}/preview`, { method: "POST", body: JSON.stringify(body) });
    for (const port of [0, 65_536, 1.5, "3000", undefined]) {
      const answer = await post({ port });
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ error: expect.stringContaining("port") });
    }
    expect((await post({ port: 1, bearer_token: "yes" })).status).toBe(400);
    expect((await post({ port: 1 }, "nobody")).status).toBe(404);
    const remove = (port: string) =>
      host.request(`/${box.id}/preview/${port}`, { method: "DELETE" });
    expect((await remove("abc")).status).toBe(400);
    expect((await remove("70000")).status).toBe(400);
    expect(
      (await host.request(`/${box.id}/preview`, { headers: { "x-box-api-key": "" } })).status,
    ).toBe(401);
  });

  it("says in words when nothing listens on the port", async () => {
    const { url } = await box.getPublicURL(4999);
    const answer = await get(url);
    expect(answer.status).toBe(502);
    expect(answer.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(await answer.text()).toMatch(/Nothing listens on port 4999 in the box/);
  });

  it("is not the engine's API, and takes no API key to the box", async () => {
    const { url } = await box.getPublicURL(PORT);
    const headers = { "x-box-api-key": host.apiKey };
    expect((await fetch(`${url}/v2/box`, { headers })).status).toBe(404);
    expect(await (await fetch(`${url}/healthz`, { headers })).text()).toBe("no /healthz");
    const seen = await (await fetch(`${url}/echo`, { headers })).text();
    expect(seen).not.toContain(host.apiKey);
  });
});

describe("the credentials of a public URL", () => {
  const kinds = [
    { bearerToken: true, basicAuth: false },
    { bearerToken: false, basicAuth: true },
    { bearerToken: true, basicAuth: true },
  ];
  it.each(kinds)("%o: who has them passes, and nobody else", async ({ bearerToken, basicAuth }) => {
    const other = await box.getPublicURL(PORT, { bearerToken: true, basicAuth: true });
    const made = await box.getPublicURL(PORT, { bearerToken, basicAuth });
    expect([made.token !== undefined, made.password !== undefined]).toEqual([
      bearerToken,
      basicAuth,
    ]);
    expect(made.username).toBe(basicAuth ? "user" : undefined);
    const status = async (authorization?: string) =>
      (await get(`${made.url}/nothing`, authorization)).status;
    expect(await status(`Bearer ${made.token}`)).toBe(bearerToken ? 204 : 401);
    expect(await status(`bearer  ${made.token}`)).toBe(bearerToken ? 204 : 401);
    expect(await status(basic("user", made.password))).toBe(basicAuth ? 204 : 401);
    for (const wrong of [
      undefined,
      "Bearer",
      "Bearer undefined",
      "Basic",
      `Bearer ${made.token}x`,
      `Bearer ${made.password}`,
      `Basic ${made.token}`,
      basic("user"),
      basic("user", made.token),
      basic("admin", made.password),
      basic("User", made.password),
      basic("user", "undefined"),
      `Bearer ${host.apiKey}`,
      `Bearer ${other.token}`,
      basic("user", other.password),
    ]) {
      expect([wrong, await status(wrong)]).toEqual([wrong, 401]);
    }
    const challenge = (await get(made.url)).headers.get("www-authenticate");
    expect(challenge?.includes("Basic")).toBe(basicAuth);
    expect(challenge?.includes("Bearer")).toBe(bearerToken);
    expect(JSON.stringify(await box.listPublicURLs())).not.toMatch(/token|password|user/);
  });

  it("are replaced, and taken away, by asking again", async () => {
    const old = await box.getPublicURL(PORT, { bearerToken: true });
    const next = await box.getPublicURL(PORT, { bearerToken: true });
    expect(next.url).toBe(old.url);
    expect((await get(`${old.url}/nothing`, `Bearer ${old.token}`)).status).toBe(401);
    expect((await get(`${old.url}/nothing`, `Bearer ${next.token}`)).status).toBe(204);
    await box.getPublicURL(PORT);
    expect((await get(`${old.url}/nothing`)).status).toBe(204);
  });

  it("are no business of the program's; where there are none, its own pass", async () => {
    const { url, token } = await box.getPublicURL(PORT, { bearerToken: true });
    const seen = async (authorization: string) => {
      const answer = await get(`${url}/echo`, authorization);
      return ((await answer.json()) as { headers: Record<string, string> }).headers.authorization;
    };
    expect(await seen(`Bearer ${token}`)).toBeUndefined();
    await box.getPublicURL(PORT);
    expect(await seen("Bearer the-program's")).toBe("Bearer the-program's");
  });

  it("open a WebSocket, and it is refused without them", async () => {
    const { url, password } = await box.getPublicURL(PORT, { basicAuth: true });
    const open = (authorization: string) =>
      new WebSocket(`${url.replace("http", "ws")}/socket`, { headers: { authorization } });
    const refused = open(basic("user", "wrong"));
    const [, answer] = await once(refused, "unexpected-response");
    expect([answer.statusCode, answer.headers["www-authenticate"]]).toEqual([
      401,
      'Basic realm="box", charset="UTF-8"',
    ]);
    refused.on("error", () => undefined).terminate();
    const socket = open(basic("user", password));
    expect(JSON.parse(String((await once(socket, "message"))[0]))).toEqual({ authorization: null });
    socket.close();
    await once(socket, "close");
  });
});

describe("the life of a public URL", () => {
  it("cuts off what was opened with credentials that have been replaced", async () => {
    const own = await host.box();
    await startProgram(own, PORT);
    const { url } = await own.getPublicURL(PORT);
    const socket = new WebSocket(`${url.replace("http", "ws")}/socket`);
    await once(socket, "message");
    const closed = once(socket, "close");
    const { token } = await own.getPublicURL(PORT, { bearerToken: true });
    expect(await closed).toEqual([1006, expect.anything()]);
    const headers = { authorization: `Bearer ${token}` };
    expect((await fetch(`${url}/nothing`, { headers })).status).toBe(204);
    await own.delete();
  });

  it("ends when its box pauses, with what is open through it; to ask for it resumes the box", async () => {
    const own = await host.box();
    await startProgram(own, PORT);
    const { url } = await own.getPublicURL(PORT);
    const socket = new WebSocket(`${url.replace("http", "ws")}/socket`);
    await once(socket, "message");
    const endless = await fetch(`${url}/endless`);
    const cut = expect(endless.text()).rejects.toThrow();
    const closed = once(socket, "close");
    await own.pause();
    await cut;
    expect(await closed).toEqual([1006, expect.anything()]);
    expect(await isRefused(url)).toBe(true);
    expect(await own.listPublicURLs()).toEqual({ publicURLs: [] });
    expect(await own.getStatus()).toMatchObject({ status: "paused" });

    const again = await own.getPublicURL(PORT);
    expect(await own.getStatus()).toMatchObject({ status: "idle" });
    // Its processes have ended with the pause.
    expect((await get(again.url)).status).toBe(502);
    await startProgram(own, PORT);
    expect((await get(`${again.url}/nothing`)).status).toBe(204);
    await own.delete();
    expect(await isRefused(again.url)).toBe(true);
  });

  it("does not let a box come back that is being paused, however many ask at that moment", async () => {
    const own = await host.box();
    await startProgram(own, PORT);
    const { url } = await own.getPublicURL(PORT);
    const asking = Array.from({ length: 50 }, () => fetch(`${url}/nothing`).catch(() => undefined));
    const pausing = own.pause();
    asking.push(
      ...Array.from({ length: 50 }, () => fetch(`${url}/nothing`).catch(() => undefined)),
    );
    await pausing;
    await Promise.all(asking);
    expect(await own.getStatus()).toMatchObject({ status: "paused" });
    await own.delete();
  });

  it("keeps its box awake while something is open through it, and no longer", async () => {
    await using brief = await testEngine({ idlePauseMs: 1500 });
    const own = await brief.box();
    await startProgram(own, PORT);
    const { url } = await own.getPublicURL(PORT);
    const socket = new WebSocket(`${url.replace("http", "ws")}/socket`);
    await once(socket, "message");
    // Another box shows when the time is over.
    const other = await brief.box();
    await expect.poll(async () => (await other.getStatus()).status, PATIENCE).toBe("paused");
    expect((await own.getStatus()).status).toBe("idle");
    socket.close();
    await expect.poll(async () => (await own.getStatus()).status, PATIENCE).toBe("paused");
    expect(await isRefused(url)).toBe(true);
  });

  it("ends with the engine, which leaves no port open", async () => {
    const brief = await testEngine();
    const own = await brief.box();
    await startProgram(own, PORT);
    const urls = await Promise.all([PORT, 3001, 3002].map((port) => own.getPublicURL(port)));
    const socket = new WebSocket(`${urls[0]?.url.replace("http", "ws")}/socket`);
    await once(socket, "message");
    const closed = once(socket, "close");
    await brief[Symbol.asyncDispose]();
    await closed;
    for (const { url } of urls) expect(await isRefused(url)).toBe(true);
    expect(brief.errors).toEqual([]);
  });

  it("is one, however many ask at once", async () => {
    const own = await host.box();
    const made = await Promise.all(
      Array.from({ length: 20 }, () => own.getPublicURL(5000, { bearerToken: true })),
    );
    expect(new Set(made.map(({ url }) => url)).size).toBe(1);
    expect((await own.listPublicURLs()).publicURLs).toEqual([{ url: made[0]?.url, port: 5000 }]);
    // Which of them was the last the engine knows; exactly one token opens.
    const answers = await Promise.all(
      made.map(({ url, token }) => get(url, `Bearer ${token}`).then(({ status }) => status)),
    );
    expect(answers.sort()).toEqual([...Array(19).fill(401), 502]);
    await own.delete();
  });
});

describe("two boxes with the same port", () => {
  it("have an address each", async () => {
    const other = await host.box();
    await startProgram(other, PORT);
    await other.exec.command("echo other >who; true");
    await box.exec.command("echo one >who; true");
    await start(box, 3100, "python3 -u -m http.server 3100", "Serving");
    await start(other, 3100, "python3 -u -m http.server 3100", "Serving");
    const [one, two] = await Promise.all([box.getPublicURL(3100), other.getPublicURL(3100)]);
    expect(one.url).not.toBe(two.url);
    expect(await (await get(`${one.url}/who`)).text()).toBe("one\n");
    expect(await (await get(`${two.url}/who`)).text()).toBe("other\n");
    await other.delete();
    expect((await get(`${one.url}/who`)).status).toBe(200);
  });
});
