import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { Agent, type IncomingMessage, type RequestOptions, request } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import type { Box } from "../../../src/box/index.ts";
import { type TestEngine, testEngine } from "../../support/test-engine.ts";
import { startProgram } from "./start-program.ts";

const PORT = 3000;
const MEBIBYTE = 2 ** 20;

let host: TestEngine;
let box: Box;
let url: string;
beforeAll(async () => {
  host = await testEngine();
  box = await host.box();
  await startProgram(box, PORT);
  url = (await box.getPublicURL(PORT)).url;
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  expect(host.errors).toEqual([]);
});

/** What the program has said so far. */
const log = () => box.files.read(`${PORT}.log`);

/** A client that sends what `fetch` does not. */
async function ask(path: string, options: RequestOptions = {}, body?: Buffer | string) {
  // Not as a URL, whose dots a client would resolve.
  const asked = request({ host: "127.0.0.1", port: new URL(url).port, path, ...options });
  asked.end(body);
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  return { answer, text: await text(answer) };
}

describe("a request through a public URL", () => {
  it("arrives as it was sent, with where it came from", async () => {
    const headers = {
      "X-Custom": "Grüße".normalize(),
      accept: "a/b",
      cookie: "c=d",
      "X-Forwarded-For": "6.6.6.6",
      "X-Forwarded-Proto": "https",
      "X-Forwarded-Host": "evil.example",
      "X-Real-IP": "6.6.6.6",
      Forwarded: "for=6.6.6.6",
    };
    const path = "/echo/%2e%2e/../a%20b?x=1&y=%00;z";
    const { answer, text } = await ask(path, { method: "PATCH", headers }, Buffer.from("body"));
    const seen = JSON.parse(text);
    expect(seen).toMatchObject({
      method: "PATCH",
      url: "/echo/%2e%2e/../a%20b?x=1&y=%00;z",
      bytes: 4,
    });
    expect(seen.headers).toMatchObject({
      "x-custom": "Grüße",
      accept: "a/b",
      cookie: "c=d",
      host: new URL(url).host,
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-host": new URL(url).host,
      "x-forwarded-proto": "http",
      "content-length": "4",
    });
    expect(seen.rawHeaders).toContain("X-Custom");
    expect(text).not.toContain("6.6.6.6");
    // And the answer, without what was for one connection only.
    expect(answer.statusCode).toBe(201);
    expect(answer.headers["set-cookie"]).toEqual(["a=1", "b=2"]);
    expect(answer.headers["x-private"]).toBeUndefined();
  });

  it("is freed of what is for one connection only", async () => {
    const headers = {
      Connection: "keep-alive, X-Secret, Host, Content-Length",
      "X-Secret": "s",
      "Keep-Alive": "timeout=1",
      "Proxy-Authorization": "Basic x",
      TE: "trailers",
      "Content-Length": "2",
    };
    const { text } = await ask("/echo", { method: "POST", headers }, "ab");
    const seen = JSON.parse(text);
    expect(seen.bytes).toBe(2);
    expect(seen.headers.host).toBe(new URL(url).host);
    for (const name of ["x-secret", "keep-alive", "proxy-authorization", "te"]) {
      expect(seen.headers[name]).toBeUndefined();
    }
  });

  it.each(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PROPFIND"])(
    "%s, with and without a body",
    async (method) => {
      const without = await ask("/echo", { method });
      expect(without.answer.statusCode).toBe(201);
      if (method === "HEAD") return;
      expect(JSON.parse(without.text)).toMatchObject({ method, bytes: 0 });
      for (const headers of [{ "Content-Length": "3" }, { "Transfer-Encoding": "chunked" }]) {
        const { text } = await ask("/echo", { method, headers }, "abc");
        expect(JSON.parse(text)).toMatchObject({ method, bytes: 3 });
      }
    },
  );

  it("HEAD tells the length that there would be; 204 has no body", async () => {
    const { answer, text } = await ask("/head", { method: "HEAD" });
    expect([answer.headers["content-length"], answer.headers.etag, text]).toEqual([
      "1234",
      '"e"',
      "",
    ]);
    const none = await ask("/nothing");
    expect([none.answer.statusCode, none.text]).toEqual([204, ""]);
  });

  it("may name the whole URL, and its target goes on as it is", async () => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    socket.write(
      "GET http://elsewhere.example/echo?q HTTP/1.1\r\nHost: elsewhere.example\r\nConnection: close\r\n\r\n",
    );
    expect(await text(socket)).toContain('"url":"/echo?q"');
    const { text: dots } = await ask("/../../etc/passwd");
    expect(dots).toBe("no /../../etc/passwd");
  });

  it("uploads 100 MiB, in one piece and in chunks, unchanged", async () => {
    const body = randomBytes(100 * MEBIBYTE);
    const sha256 = createHash("sha256").update(body).digest("hex");
    for (const headers of [{ "Content-Length": String(body.length) }, {}]) {
      const { text } = await ask("/echo", { method: "POST", headers }, body);
      expect(JSON.parse(text)).toMatchObject({ bytes: body.length, sha256 });
    }
  });

  it("that asks first whether to send its body is told to", async () => {
    const asked = request(`${url}/echo`, { method: "POST", headers: { expect: "100-continue" } });
    asked.flushHeaders();
    await once(asked, "continue");
    asked.end("abc");
    const [answer] = await once(asked, "response");
    const seen = JSON.parse(await text(answer));
    expect([seen.bytes, seen.headers.expect]).toEqual([3, undefined]);
  });

  it("is answered early by a program that does not read it, and the connection goes on", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const body = Buffer.alloc(20 * MEBIBYTE);
    const early = await ask("/early", { method: "POST", agent }, body);
    expect([early.answer.statusCode, early.text]).toEqual([413, "too much"]);
    expect((await ask("/nothing", { agent })).answer.statusCode).toBe(204);
    agent.destroy();
  });
});

describe("an answer through a public URL", () => {
  it("comes as the program sends it, and no faster than the client reads", async () => {
    const answer = await fetch(`${url}/endless`);
    const reader = answer.body?.getReader();
    let read = 0;
    while (read < 4 * MEBIBYTE) read += (await reader?.read())?.value?.length ?? 0;
    // What the program has written by then is what lies between, and does not grow.
    const written = async () => Number(/.*written (\d+)/s.exec(await log())?.[1] ?? 0);
    let before = -1;
    await expect
      .poll(
        async () => {
          const now = await written();
          const isStill = now === before;
          before = now;
          return isStill;
        },
        { interval: 200 },
      )
      .toBe(true);
    expect(before).toBeLessThan(64 * MEBIBYTE);
    await reader?.cancel();
    // The client's leaving reaches the program.
    await expect.poll(log).toContain("endless closed");
  });

  it("streams events as they happen, the first of them long after the head", async () => {
    const control = new AbortController();
    const events = await fetch(`${url}/events`, { signal: control.signal });
    expect(events.headers.get("content-type")).toBe("text/event-stream");
    const reader = events.body?.pipeThrough(new TextDecoderStream()).getReader();
    for (let i = 0; i < 3; i++) {
      expect(await (await fetch(`${url}/tick`)).text()).toBe("ok");
      expect((await reader?.read())?.value).toBe("data: tick\n\n");
    }
    control.abort();
    await expect.poll(log).toContain("events closed");
  });

  it("is given up when the client leaves before it", async () => {
    const control = new AbortController();
    const hanging = fetch(`${url}/hang`, { signal: control.signal });
    await expect.poll(log).toContain("hanging");
    control.abort();
    await expect(hanging).rejects.toThrow();
  });

  it("is each client's own, with 300 at once", async () => {
    const answers = Array.from({ length: 300 }, async (_, i) => {
      const body = String(i).repeat(1000);
      const answer = await fetch(`${url}/echo/${i}`, { method: "POST", body });
      const seen = await answer.json();
      expect(seen).toMatchObject({ url: `/echo/${i}`, bytes: body.length });
    });
    await Promise.all(answers);
  });
});

describe("a WebSocket through a public URL", () => {
  const open = async () => {
    const socket = new WebSocket(`${url.replace("http", "ws")}/socket`);
    await once(socket, "message");
    return socket;
  };

  it("echoes text and bytes, small and large, and tells the program how it was closed", async () => {
    const socket = await open();
    for (const data of ["hello", randomBytes(125), randomBytes(5 * MEBIBYTE)]) {
      socket.send(data);
      const [echo, isBinary] = await once(socket, "message");
      expect(isBinary).toBe(typeof data !== "string");
      expect(Buffer.compare(Buffer.from(data as string), echo)).toBe(0);
    }
    socket.close(4321);
    expect((await once(socket, "close"))[0]).toBe(4321);
    await expect.poll(log).toContain("socket closed 4321");
  });

  it("that vanishes is closed for the program too", async () => {
    const socket = await open();
    socket.terminate();
    await expect.poll(log).toContain("socket closed 1006");
  });

  it("is refused by the program in the program's words", async () => {
    const socket = new WebSocket(`${url.replace("http", "ws")}/elsewhere`);
    const [asked, answer] = await once(socket, "unexpected-response");
    expect(answer.statusCode).toBe(400);
    asked.destroy();
    socket.on("error", () => undefined).terminate();
  });

  it("is refused with 502 where nothing listens", async () => {
    const { url: dead } = await box.getPublicURL(4999);
    const socket = new WebSocket(dead.replace("http", "ws"));
    const [asked, answer] = await once(socket, "unexpected-response");
    expect([answer.statusCode, await text(answer)]).toEqual([502, expect.stringContaining("4999")]);
    asked.destroy();
    socket.on("error", () => undefined).terminate();
  });

  it("cannot be asked for with a body", async () => {
    const headers = { Connection: "Upgrade", Upgrade: "h2c" };
    const { answer } = await ask("/echo", { method: "POST", headers }, "body");
    expect(answer.statusCode).toBe(400);
  });
});
