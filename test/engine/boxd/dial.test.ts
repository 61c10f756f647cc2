import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { spawnBoxd, type TestBoxd, until } from "./support/boxd.ts";

/** With the sanitizers, memory says nothing. */
const measured = !process.env.BOXD_TARGET;
const MEBIBYTE = 2 ** 20;

let boxd: TestBoxd;
const servers: Server[] = [];
beforeAll(async () => {
  boxd = await spawnBoxd();
});
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});
afterAll(() => boxd[Symbol.asyncDispose]());

/** A server whose connections stay half-open until it ends them itself. */
async function serve(onConnection: (socket: Socket) => void, host = "127.0.0.1"): Promise<number> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("error", () => {});
    onConnection(socket);
  });
  servers.push(server);
  server.listen(0, host);
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

const echo = (socket: Socket) => socket.pipe(socket);
/** All that comes; unlike a loop over the stream it leaves the other direction open. */
async function read(stream: Duplex): Promise<Buffer> {
  const chunks: Buffer[] = [];
  stream.on("data", (chunk) => chunks.push(chunk));
  await once(stream.resume(), "end");
  return Buffer.concat(chunks);
}

const errorOf = (stream: Duplex) => once(stream, "error").then(([error]) => error);

describe("a connection from within the box", () => {
  it("carries bytes both ways and ends each way by itself", async () => {
    const port = await serve(async (socket) => {
      const asked = await read(socket);
      socket.end(`you said ${asked}`);
    });
    const stream = await boxd.connection.dial({ port });
    stream.end("hello");
    expect(await text(stream)).toBe("you said hello");
  });

  it("may go on sending when the peer has ended", async () => {
    const said: Promise<Buffer>[] = [];
    const port = await serve((socket) => {
      socket.end("bye");
      said.push(read(socket));
    });
    const stream = await boxd.connection.dial({ port });
    expect(String(await read(stream))).toBe("bye");
    stream.end("not yet");
    expect(String(await said[0])).toBe("not yet");
  });

  it("reaches what listens on either loopback address, or on the one that is named", async () => {
    const four = await serve((socket) => socket.end("four"), "127.0.0.1");
    const six = await serve((socket) => socket.end("six"), "::1");
    const say = async (port: number, host?: string) =>
      text(await boxd.connection.dial({ port, ...(host !== undefined && { host }) }));
    expect(await say(four)).toBe("four");
    expect(await say(six)).toBe("six");
    expect(await say(six, "::1")).toBe("six");
    await expect(say(six, "127.0.0.1")).rejects.toMatchObject({ errnoName: "ECONNREFUSED" });
  });

  it("is refused with the reason of the kernel, and for a host that is no address", async () => {
    const { dial } = boxd.connection;
    const attempt = (port: number, host?: string) =>
      dial.call(boxd.connection, { port, ...(host !== undefined && { host }) });
    await expect(attempt(1)).rejects.toMatchObject({
      code: "REMOTE",
      errnoName: "ECONNREFUSED",
      message: "dial localhost port 1: Connection refused",
    });
    for (const host of ["localhost", "", "127.1", "fe80::1%lo", "1.2.3.4:5", "x".repeat(2000)]) {
      await expect(attempt(1, host)).rejects.toMatchObject({ errnoName: "EINVAL" });
    }
    // The kernel refuses a stream to everybody.
    await expect(attempt(1, "255.255.255.255")).rejects.toMatchObject({ code: "REMOTE" });
  });

  it("never finds itself where nobody listens", async () => {
    // Ports that the kernel hands out are the ones at which a socket can meet itself.
    const free = await serve(() => {});
    for (const server of servers.splice(0)) server.close();
    const attempts = Array.from({ length: 2000 }, () =>
      boxd.connection.dial({ port: free }).catch((error) => error),
    );
    for (const result of await Promise.all(attempts)) {
      expect(result).toMatchObject({ errnoName: "ECONNREFUSED" });
    }
  });

  it("passes 64 MiB each way unchanged, at once, and boxd stays small", async () => {
    const port = await serve(echo);
    const before = boxd.residentSet();
    const stream = await boxd.connection.dial({ port });
    const sent = createHash("sha256");
    const received = createHash("sha256");
    const reading = (async () => {
      for await (const chunk of stream) received.update(chunk);
    })();
    for (let i = 0; i < 64; i++) {
      const piece = randomBytes(MEBIBYTE);
      sent.update(piece);
      if (!stream.write(piece)) await once(stream, "drain");
    }
    stream.end();
    await reading;
    expect(received.digest("hex")).toBe(sent.digest("hex"));
    if (measured) expect(boxd.residentSet() - before).toBeLessThan(2048);
  });

  it("holds up a peer whose bytes nobody reads, and gives them all in the end", async () => {
    let socket: Socket | undefined;
    const port = await serve((accepted) => {
      socket = accepted;
      socket.end(Buffer.alloc(64 * MEBIBYTE));
    });
    const stream = await boxd.connection.dial({ port });
    await until(() => (socket?.writableLength ?? 0) > 0);
    // What is under way by now fills the windows; the rest waits at the peer.
    await boxd.connection.run({ argv: ["true"], env: { PATH: "/bin" } });
    expect(socket?.writableLength).toBeGreaterThan(32 * MEBIBYTE);
    expect(stream.readableLength).toBeLessThan(MEBIBYTE);
    stream.end();
    expect((await read(stream)).length).toBe(64 * MEBIBYTE);
  });

  it("holds up a writer whose peer does not read, and nobody else", async () => {
    const sockets: Socket[] = [];
    const port = await serve((accepted) => sockets.push(accepted.pause()));
    const stuck = await boxd.connection.dial({ port });
    let taken = 0;
    const write = (): void => {
      while (stuck.write(Buffer.alloc(64 * 1024), () => (taken += 64 * 1024)));
    };
    stuck.on("drain", write);
    write();
    const lively = await boxd.connection.dial({ port: await serve(echo) });
    lively.end(Buffer.alloc(4 * MEBIBYTE));
    expect((await read(lively)).length).toBe(4 * MEBIBYTE);
    const before = taken;
    await boxd.connection.run({ argv: ["true"], env: { PATH: "/bin" } });
    // The kernel's own buffers, and one window.
    expect(before).toBeLessThan(32 * MEBIBYTE);
    stuck.off("drain", write).end();
    expect((await read(sockets[0] as Socket)).length).toBeGreaterThanOrEqual(before);
    stuck.destroy();
  });

  it("tells of a peer that breaks it off, after what it had sent", async () => {
    const port = await serve((socket) => {
      // Unread input makes a reset of a close.
      socket.once("readable", () => socket.write("early answer", () => socket.destroy()));
    });
    const stream = await boxd.connection.dial({ port });
    stream.write(Buffer.alloc(MEBIBYTE));
    const failed = errorOf(stream);
    const [answer] = await once(stream, "data");
    expect(answer.toString()).toBe("early answer");
    expect(await failed).toMatchObject({ code: "REMOTE", errnoName: /ECONNRESET|EPIPE/ });
  });

  it("tells a reader of a reset, also of one that came with the connection", async () => {
    const port = await serve((socket) => socket.resetAndDestroy());
    const outcomes = Array.from({ length: 20 }, () =>
      boxd.connection.dial({ port }).then(
        (stream) => errorOf(stream.resume()),
        (error) => error,
      ),
    );
    for (const error of await Promise.all(outcomes)) {
      expect(error).toMatchObject({ code: "REMOTE", errnoName: "ECONNRESET" });
    }
  });

  it("is closed for the peer when it is destroyed", async () => {
    const closed: Promise<unknown>[] = [];
    const port = await serve((socket) => {
      closed.push(once(socket.resume(), "close"));
      socket.once("end", () => socket.end());
    });
    const stream = await boxd.connection.dial({ port });
    await until(() => closed.length > 0);
    stream.destroy();
    await closed[0];
  });

  it("is given up while it is being opened", async () => {
    // Two callers fill the queue of a program that accepts none; the kernel lets the third one wait.
    const listener = spawn("perl", [
      "-MIO::Socket::INET",
      "-e",
      '$|=1; my $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1", Listen => 1); print $s->sockport, "\\n"; sleep',
    ]);
    try {
      const port = Number(String((await once(listener.stdout, "data"))[0]));
      const queued = [await boxd.connection.dial({ port }), await boxd.connection.dial({ port })];
      const control = new AbortController();
      const third = boxd.connection.dial({ port, signal: control.signal });
      await boxd.connection.files.stat("/");
      control.abort(new Error("too slow"));
      await expect(third).rejects.toThrow("too slow");
      await expect(boxd.connection.dial({ port, signal: control.signal })).rejects.toThrow(
        "too slow",
      );
      for (const stream of queued) stream.destroy();
    } finally {
      listener.kill();
    }
  });

  it("leaves nothing behind, however many there were and however they ended", async () => {
    const port = await serve((socket) => {
      socket.once("data", (kind) => {
        if (String(kind) === "reset") socket.resetAndDestroy();
        else socket.end("done");
      });
    });
    const descriptors = () => readdirSync(`/proc/${boxd.pid}/fd`).length;
    const mayLook = process.getuid?.() === 0;
    const before = mayLook ? descriptors() : 0;
    const rounds = Array.from({ length: 400 }, async (_, i) => {
      const stream = await boxd.connection.dial({ port });
      stream.on("error", () => {});
      const closed = once(stream, "close").catch(() => {});
      if (i % 4 === 0) stream.destroy();
      else if (i % 4 === 1) stream.write("reset");
      else if (i % 4 === 2) stream.write("half");
      else stream.end("whole");
      if (i % 4 === 2) stream.once("end", () => stream.end());
      stream.resume();
      await closed;
    });
    await Promise.all(rounds);
    await Promise.all(
      Array.from({ length: 100 }, () => boxd.connection.dial({ port: 1 }).catch(() => {})),
    );
    if (mayLook) await until(() => descriptors() <= before);
    // All numbers of channels are free again.
    await boxd.connection.files.stat("/");
  });

  it("breaks when the box ends", async () => {
    const own = await spawnBoxd();
    const stream = await own.connection.dial({ port: await serve(() => {}) });
    const failed = errorOf(stream);
    own.child.kill("SIGKILL");
    expect(await failed).toMatchObject({ code: "CLOSED" });
    await own[Symbol.asyncDispose]();
  });
});
