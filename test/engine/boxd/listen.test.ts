import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { spawnBoxd, type TestBoxd, until } from "./support/boxd.ts";

const MEBIBYTE = 2 ** 20;

let boxd: TestBoxd;
beforeAll(async () => {
  boxd = await spawnBoxd();
});
afterAll(() => boxd[Symbol.asyncDispose]());

/** As a program of the box does. */
async function call(port: number): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}

const echo = (stream: Duplex) => {
  stream.on("error", () => {});
  stream.pipe(stream);
};

describe("a port of the box that is served from outside", () => {
  it("carries bytes both ways and ends each way by itself", async () => {
    const { port, close } = await boxd.connection.listen({
      onConnection(stream) {
        let said = "";
        stream.on("data", (chunk) => {
          said += chunk;
        });
        stream.on("end", () => stream.end(`you said ${said}`));
      },
    });
    const socket = await call(port);
    socket.end("hello");
    expect(await text(socket)).toBe("you said hello");
    close();
  });

  it("is the one that is named, on loopback alone, and is told of when it is taken", async () => {
    const first = await boxd.connection.listen({ onConnection: echo });
    await expect(
      boxd.connection.listen({ port: first.port, onConnection: echo }),
    ).rejects.toMatchObject({
      errnoName: "EADDRINUSE",
      message: `listen port ${first.port}: Address already in use`,
    });
    first.close();
    await first.closed;
    await until(() =>
      boxd.connection.listen({ port: first.port, onConnection: echo }).then(
        (again) => {
          again.close();
          return again.port === first.port;
        },
        () => false,
      ),
    );
  });

  it("takes 300 callers at once, each with its own answer", async () => {
    const { port, close } = await boxd.connection.listen({ onConnection: echo });
    const said = Array.from({ length: 300 }, async (_value, index) => {
      const socket = await call(port);
      socket.end(`caller ${index}`);
      return text(socket);
    });
    expect(await Promise.all(said)).toEqual(said.map((_value, index) => `caller ${index}`));
    close();
  });

  it("passes 64 MiB each way unchanged while nobody is faster than the slowest", async () => {
    const { port, close } = await boxd.connection.listen({ onConnection: echo });
    const socket = await call(port);
    const piece = Buffer.alloc(MEBIBYTE, "0123456789");
    let received = 0;
    const reading = (async () => {
      for await (const chunk of socket) received += chunk.length;
    })();
    for (let i = 0; i < 64; i++) {
      if (!socket.write(piece)) await once(socket, "drain");
    }
    socket.end();
    await reading;
    expect(received).toBe(64 * MEBIBYTE);
    close();
  });

  it("goes on after callers that hang up before they are answered", async () => {
    const { port, close } = await boxd.connection.listen({ onConnection: echo });
    for (let i = 0; i < 50; i++) (await call(port)).resetAndDestroy();
    const socket = await call(port);
    socket.end("still here");
    expect(await text(socket)).toBe("still here");
    close();
  });

  it("takes nobody any more when it is closed, and leaves those that it has", async () => {
    const { port, close, closed } = await boxd.connection.listen({ onConnection: echo });
    const socket = await call(port);
    socket.write("one");
    expect(String((await once(socket, "data"))[0])).toBe("one");
    close();
    close();
    await closed;
    await until(() =>
      call(port).then(
        () => false,
        () => true,
      ),
    );
    socket.end("two");
    expect(await text(socket)).toBe("two");
  });

  it("ends with the box", async () => {
    const other = await spawnBoxd();
    const { port, closed } = await other.connection.listen({ onConnection: echo });
    const socket = await call(port);
    other.connection.close();
    await closed;
    // A reset where the kernel had something that nobody has read.
    expect(await text(socket).catch(() => "")).toBe("");
    await other[Symbol.asyncDispose]();
    await expect(call(port)).rejects.toThrow("ECONNREFUSED");
    await expect(other.connection.listen({ onConnection: echo })).rejects.toThrow();
  });
});
