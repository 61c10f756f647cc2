import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Box } from "../../src/box/index.ts";
import { start } from "../engine/previews/start-program.ts";
import { type TestEngine, testEngine } from "../support/test-engine.ts";

/** Says to every caller what stands in `answer.bin`, whatever it is asked. */
const PROGRAM = `
import socket, threading
listener = socket.create_server(("127.0.0.1", 6666), backlog=100)
print("listening", flush=True)
def serve(client):
    try:
        head = b""
        while b"\\r\\n\\r\\n" not in head:
            head += client.recv(65536) or exit()
        with open("answer.bin", "rb") as file: client.sendall(file.read())
        mode = open("mode").read().strip()
        if mode == "reset": client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\\1\\0\\0\\0\\0\\0\\0\\0")
        if mode == "hold": client.recv(1)
        if mode == "flood":
            while True: client.sendall(b"X-Flood: " + b"x" * 1000 + b"\\r\\n")
        client.close()
    except (OSError, SystemExit): pass
while True:
    client, _ = listener.accept()
    threading.Thread(target=serve, args=(client,), daemon=True).start()
`;

let host: TestEngine;
let box: Box;
let url: string;
beforeAll(async () => {
  host = await testEngine();
  box = await host.box();
  await box.files.write({ path: "program.py", content: PROGRAM });
  await start(box, 6666, "python3 -u program.py", "listening");
  url = (await box.getPublicURL(6666)).url;
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  expect(host.errors).toEqual([]);
});

async function prepare(answer: string, mode = "close"): Promise<void> {
  await box.files.write({
    path: "answer.bin",
    content: Buffer.from(answer, "latin1").toString("base64"),
    encoding: "base64",
  });
  await box.files.write({ path: "mode", content: mode });
}

async function ask(
  options: { agent?: Agent; headers?: Record<string, string>; method?: string } = {},
) {
  const asked = request(`${url}/`, options);
  asked.end();
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  return { status: answer.statusCode, headers: answer.headers, text: await text(answer) };
}

const OK = "HTTP/1.1 200 OK\r\n";

describe("a hostile program behind a public URL", () => {
  it.each([
    ["nothing", ""],
    ["what is no HTTP", "SSH-2.0-OpenSSH_9.2\r\n"],
    ["bytes", "\x00\x01\xff".repeat(1000)],
    ["a request", "GET / HTTP/1.1\r\nHost: x\r\n\r\n"],
    ["two lengths", `${OK}Content-Length: 1\r\nContent-Length: 5\r\n\r\nhello`],
    [
      "a length and chunks",
      `${OK}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    ["a length below zero", `${OK}Content-Length: -1\r\n\r\n`],
    ["a length that is a word", `${OK}Content-Length: five\r\n\r\nhello`],
    ["a header with a NUL byte", `${OK}X: a\x00b\r\n\r\n`],
    ["a header without a name", `${OK}: x\r\n\r\n`],
    ["a name with a blank", `${OK}Content-Length : 5\r\n\r\nhello`],
    [
      "a lone line feed in a header",
      `${OK}X: a\nSet-Cookie: evil=1\r\nContent-Length: 0\r\n\r\n\r`,
    ],
    ["a header that goes on", `${OK}X: a\r\n Set-Cookie: evil=1\r\nBroken\r\n\r\n`],
    ["too many bytes of headers", `${OK}X-Big: `.padEnd(200_000, "x")],
    ["status 99", "HTTP/1.1 099 Odd\r\n\r\n"],
    ["status 700", "HTTP/1.1 700 Odd\r\nContent-Length: 0\r\n\r\n"],
    ["status 1000", "HTTP/1.1 1000 Odd\r\n\r\n"],
    [
      "a protocol that nobody asked for",
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: evil\r\nConnection: Upgrade\r\n\r\nevil",
    ],
    ["an answer to come, and then nothing", "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"],
  ])("that sends %s is answered for with 502", async (_name, bytes) => {
    await prepare(bytes);
    const { status, headers, text } = await ask();
    expect(status).toBe(502);
    expect(headers["set-cookie"]).toBeUndefined();
    expect(text).toMatch(/program in the box/);
  });

  it("cannot give a second answer to anybody", async () => {
    const smuggled = `${OK}Content-Length: 4\r\n\r\nevil`;
    await prepare(`${OK}Content-Length: 4\r\n\r\ngood${smuggled}`, "hold");
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let i = 0; i < 5; i++) expect((await ask({ agent })).text).toBe("good");
    // Nor after an answer that has no body by its nature.
    await prepare(`HTTP/1.1 204 No Content\r\n\r\n${smuggled}`, "hold");
    for (let i = 0; i < 3; i++) expect((await ask({ agent })).text).toBe("");
    await prepare(`HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n${smuggled}`, "hold");
    for (let i = 0; i < 3; i++) expect((await ask({ agent, method: "HEAD" })).text).toBe("");
    agent.destroy();
  });

  it("cannot make a cut answer look whole", async () => {
    for (const [bytes, mode] of [
      [`${OK}Content-Length: 100\r\n\r\nhalf`, "close"],
      [`${OK}Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n`, "close"],
      [`${OK}Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nnot a length\r\n`, "close"],
      [`${OK}\r\nhalf`, "reset"],
    ] as const) {
      await prepare(bytes, mode);
      await expect(ask()).rejects.toThrow(/aborted|hang up|ECONNRESET/);
    }
  });

  it("cannot fill the engine's memory with headers that never end", async () => {
    await prepare(OK, "flood");
    expect((await ask()).status).toBe(502);
  });

  it("cannot speak raw bytes on a connection that it was not asked to switch to", async () => {
    const smuggled = `${OK}Content-Length: 4\r\n\r\nevil`;
    await prepare(`${OK}Content-Length: 4\r\n\r\ngood${smuggled}`, "hold");
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    socket.write("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    const heard = await text(socket);
    expect(heard).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(heard).toMatch(/\r\nConnection: close\r\n/i);
    expect(heard.endsWith("\r\n\r\ngood")).toBe(true);
  });

  it("cannot add headers to a switch of protocols by what they hold", async () => {
    await prepare(
      "HTTP/1.1 101 Evil\r\nUpgrade: websocket\r\nConnection: Upgrade, X-Hop\r\nX-Hop: 1\r\nX-Fine: 1\r\n\r\nraw",
    );
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    socket.write("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    expect(await text(socket)).toBe(
      "HTTP/1.1 101 Switching Protocols\r\nX-Fine: 1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nraw",
    );
  });

  it("that takes no connection is given up", async () => {
    // Two callers fill its queue; the kernel lets all others wait for minutes.
    await start(
      box,
      6667,
      `perl -MIO::Socket::INET -e '$|=1; my $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => 6667, Listen => 1); my @c = map { IO::Socket::INET->new("127.0.0.1:6667") } 1, 2; print "full\\n"; sleep'`,
      "full",
    );
    const { url } = await box.getPublicURL(6667);
    const answer = await fetch(url);
    expect([answer.status, await answer.text()]).toEqual([504, expect.stringContaining("6667")]);
  });
});
