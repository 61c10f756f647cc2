import { Duplex } from "node:stream";
import { describe, expect, it } from "vitest";
import { BoxdConnection, type BoxdError } from "../../../src/engine/boxd/index.ts";
import { frame, u32 } from "./support/wire.ts";

const hello = frame(0, 0x80, [
  [30, 2],
  [31, "0.1.0"],
]);
const started = (channel: number) => frame(channel, 0x81, [[19, 77]]);
const connected = frame(1, 0x89);
const listening = frame(1, 0x8a, [[34, 8080]]);
const exit = (channel: number) =>
  frame(channel, 0x84, [
    [20, 0],
    [21, 1n],
    [22, 1n],
  ]);

/** A boxd that says what the test lets it say. */
class FakeBoxd extends Duplex {
  readonly received: Buffer[] = [];
  override _read(): void {}
  override _write(chunk: Buffer, _encoding: string, callback: () => void): void {
    this.received.push(chunk);
    callback();
  }
  say(...bytes: Buffer[]): void {
    for (const part of bytes) this.push(part);
  }
}

async function connect() {
  const fake = new FakeBoxd();
  fake.say(hello);
  const connection = await BoxdConnection.connect(fake);
  return { fake, connection };
}

const inProcess: [string, Buffer[]][] = [
  ["a channel that is not open", [frame(9, 0x85)]],
  ["data for a channel that is not open", [frame(9, 0x82, Buffer.from("x"))]],
  ["a second HELLO", [hello]],
  ["an unknown type", [frame(1, 0x7f)]],
  ["a frame above the limit", [Buffer.concat([u32(262145), u32(1), Buffer.from([0x82])])]],
  ["a message above the limit", [Buffer.concat([u32(16385), u32(1), Buffer.from([0x84])])]],
  ["data before STARTED", [frame(1, 0x82, Buffer.from("x"))]],
  ["STARTED twice", [started(1), started(1)]],
  ["EXIT before STARTED", [exit(1)]],
  ["EXIT twice", [started(1), exit(1), exit(1)]],
  ["data after EXIT", [started(1), exit(1), frame(1, 0x82, Buffer.from("x"))]],
  [
    "ERROR after STARTED",
    [
      started(1),
      frame(1, 0x86, [
        [23, 1],
        [24, "x"],
      ]),
    ],
  ],
  [
    "EXIT without a code",
    [
      started(1),
      frame(1, 0x84, [
        [21, 1n],
        [22, 1n],
      ]),
    ],
  ],
  [
    "EXIT with code and signal",
    [
      started(1),
      frame(1, 0x84, [
        [20, 0],
        [12, 9],
        [21, 1n],
        [22, 1n],
      ]),
    ],
  ],
  [
    "EXIT by signal 1000",
    [
      started(1),
      frame(1, 0x84, [
        [12, 1000],
        [21, 1n],
        [22, 1n],
      ]),
    ],
  ],
  [
    "a size that is no number",
    [
      started(1),
      frame(1, 0x84, [
        [20, 0],
        [21, 1n],
        [22, 2n ** 63n],
      ]),
    ],
  ],
  [
    "more data than its credit",
    [started(1), ...Array.from({ length: 9 }, () => frame(1, 0x82, Buffer.alloc(200_000)))],
  ],
  ["an unknown tag", [frame(1, 0x81, [[99, 1]])]],
  [
    "a tag twice",
    [
      frame(1, 0x81, [
        [19, 1],
        [19, 1],
      ]),
    ],
  ],
  ["a field cut short", [frame(1, 0x81, Buffer.from([19, 0, 0]))]],
  [
    "a field longer than its frame",
    [frame(1, 0x81, Buffer.concat([Buffer.from([19]), u32(5000), u32(1)]))],
  ],
  ["a pid of two bytes", [frame(1, 0x81, [[19, "ab"]])]],
  ["no pid", [frame(1, 0x81)]],
  ["credit for no stdin", [started(1), frame(1, 0x06, [[7, 1]])]],
  ["DATA for a process", [started(1), frame(1, 0x12, Buffer.from("x"))]],
  [
    "an error of the connection",
    [
      frame(0, 0x86, [
        [23, 71],
        [24, "you are wrong"],
      ]),
    ],
  ],
];

describe("a boxd that breaks the protocol", () => {
  it.each(inProcess)(
    "%s: the connection ends, all that is pending rejects",
    async (_name, bytes) => {
      const { fake, connection } = await connect();
      const process = connection.start({ argv: ["a"] }).catch((error: BoxdError) => error);
      const stat = connection.files.stat("/").catch((error: BoxdError) => error);
      fake.say(...bytes);
      expect((await connection.closed)?.code).toBe("PROTOCOL");
      expect(fake.destroyed).toBe(true);
      expect(await stat).toMatchObject({ code: "PROTOCOL" });
      const result = await process;
      if ("exit" in result) await Promise.allSettled([result.exit]);
      await expect(connection.run({ argv: ["a"] })).rejects.toMatchObject({ code: "PROTOCOL" });
    },
  );

  it.each<[string, Buffer[]]>([
    ["data before CONNECTED", [frame(1, 0x12, Buffer.from("x"))]],
    ["END before CONNECTED", [frame(1, 0x13)]],
    ["CONNECTED twice", [connected, connected]],
    ["END twice", [connected, frame(1, 0x13), frame(1, 0x13)]],
    ["data after END", [connected, frame(1, 0x13), frame(1, 0x12, Buffer.from("x"))]],
    ["OK before both ends", [connected, frame(1, 0x13), frame(1, 0x85)]],
    [
      "more data than its credit",
      [connected, frame(1, 0x12, Buffer.alloc(200_000)), frame(1, 0x12, Buffer.alloc(200_000))],
    ],
    ["credit that cannot be meant", [connected, frame(1, 0x06, [[7, 2 ** 30]])]],
    ["STDOUT for a connection", [connected, frame(1, 0x82, Buffer.from("x"))]],
  ])("%s on a connection: all of it ends", async (_name, bytes) => {
    const { fake, connection } = await connect();
    const dialled = connection.dial({ port: 1 }).catch((error: BoxdError) => error);
    fake.say(...bytes);
    expect((await connection.closed)?.code).toBe("PROTOCOL");
    const stream = await dialled;
    if (stream instanceof Duplex) expect(stream.destroyed).toBe(true);
    else expect(stream).toMatchObject({ code: "PROTOCOL" });
  });

  it.each([
    ["a second LISTENING", [listening, listening]],
    ["data for a listener", [listening, frame(1, 0x12, Buffer.from("x"))]],
    ["LISTENING without a port", [frame(1, 0x8a)]],
    ["CONNECTED for a listener", [connected]],
    ["LISTENING for who waits at a listener", [listening, frame(2, 0x8a, [[34, 1]])]],
  ])("%s: all of it ends", async (_name, bytes) => {
    const { fake, connection } = await connect();
    const listening = connection.listen({ onConnection() {} }).catch((error) => error);
    fake.say(bytes[0] as Buffer);
    await listening;
    fake.say(...bytes.slice(1));
    expect((await connection.closed)?.code).toBe("PROTOCOL");
    const listener = await listening;
    if (!(listener instanceof Error)) await listener.closed;
  });

  it("is refused when it greets with something else", async () => {
    for (const greeting of [
      frame(0, 0x80, [
        [30, 9],
        [31, "9"],
      ]),
      frame(0, 0x85),
      frame(1, 0x81, [[19, 1]]),
      Buffer.from("HTTP/1.1 200 OK\r\n\r\n"),
    ]) {
      const fake = new FakeBoxd();
      fake.say(greeting);
      await expect(BoxdConnection.connect(fake)).rejects.toMatchObject({ code: "PROTOCOL" });
    }
  });

  it("that never greets is given up by a signal", async () => {
    const signal = AbortSignal.abort(new Error("too slow"));
    await expect(BoxdConnection.connect(new FakeBoxd(), { signal })).rejects.toThrow("too slow");
  });

  it("that stops in the middle ends with CLOSED", async () => {
    const { fake, connection } = await connect();
    const process = connection.run({ argv: ["a"] });
    fake.say(started(1), frame(1, 0x82, Buffer.alloc(100)).subarray(0, 20));
    fake.push(null);
    await expect(process).rejects.toMatchObject({ code: "CLOSED" });
  });

  it("cannot make single bytes keep large chunks in memory", async () => {
    const { fake, connection } = await connect();
    const starting = connection.start({ argv: ["a"] });
    const other = connection.start({ argv: ["b"], windowBytes: 2 ** 30 });
    fake.say(started(1), started(2));
    const process = await starting;
    (await other).stdout?.resume();
    const before = globalThis.process.memoryUsage();
    for (let i = 0; i < 3000; i++) {
      fake.say(
        Buffer.concat([frame(1, 0x82, Buffer.from("x")), frame(2, 0x82, Buffer.alloc(65_000))]),
      );
      if (i % 100 === 0) await new Promise(setImmediate);
    }
    await new Promise(setImmediate);
    const after = globalThis.process.memoryUsage();
    // Kept whole, it would be 195 MB; what is not collected yet is a part of that.
    expect(process.stdout?.readableLength).toBeLessThanOrEqual(3000);
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(120_000_000);
    connection.close();
  });

  it("cannot crash a process whose streams nobody listens to", async () => {
    const { fake, connection } = await connect();
    const starting = connection.start({ argv: ["a"], stdin: "open" });
    fake.say(started(1));
    const process = await starting;
    process.stdin?.write("x");
    fake.say(frame(1, 0x7f));
    await connection.closed;
    await new Promise(setImmediate);
    expect(process.stdout?.destroyed).toBe(true);
  });
});

describe("the decoder", () => {
  it("gives the same however the bytes are cut", async () => {
    for (const size of [1, 2, 3, 7, 8, 9, 10, 11, 64]) {
      const { fake, connection } = await connect();
      const running = connection.run({ argv: ["a"] });
      const bytes = Buffer.concat([
        started(1),
        frame(1, 0x82, Buffer.from("out")),
        frame(1, 0x82),
        frame(1, 0x83, Buffer.from("err")),
        frame(1, 0x82, Buffer.from("put")),
        exit(1),
      ]);
      for (let at = 0; at < bytes.length; at += size) fake.say(bytes.subarray(at, at + size));
      const result = await running;
      expect([result.stdout.toString(), result.stderr.toString(), result.exit.code]).toEqual([
        "output",
        "err",
        0,
      ]);
      connection.close();
    }
  });
});
