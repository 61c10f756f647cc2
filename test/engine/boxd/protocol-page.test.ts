import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Duplex } from "node:stream";
import { describe, expect, it } from "vitest";
import { BoxdConnection } from "../../../src/engine/boxd/index.ts";
import * as protocol from "../../../src/engine/boxd/protocol.ts";
import { buildBoxd, nativeFolder, spawnRaw } from "./support/boxd.ts";

const page = readFileSync(join(nativeFolder, "PROTOCOL.md"), "utf8");
const header = readFileSync(join(nativeFolder, "protocol.h"), "utf8");

const example = [...page.matchAll(/^(boxd|engine) {2,}([0-9a-f ]+)$/gm)].map(([, from, hex]) => ({
  from,
  bytes: Buffer.from((hex ?? "").replaceAll(" ", ""), "hex"),
}));

describe("PROTOCOL.md", () => {
  it("names the types and tags that boxd and the client have", () => {
    const types = [...page.matchAll(/^\| 0x([0-9a-f]{2}) \| ([A-Z_]+) \|/gm)];
    expect(
      Object.fromEntries(
        types.map(([, number, name]) => [name, Number.parseInt(number ?? "", 16)]),
      ),
    ).toEqual(protocol.FRAME);
    const inHeader = [...header.matchAll(/^#define FRAME_([A-Z_]+) 0x([0-9a-f]{2})$/gm)];
    expect(
      Object.fromEntries(
        inHeader.map(([, name, number]) => [name, Number.parseInt(number ?? "", 16)]),
      ),
    ).toEqual(protocol.FRAME);
    const tags = [...page.matchAll(/\| (\d+) \| ([A-Z_]+) \|/g)];
    expect(Object.fromEntries(tags.map(([, number, name]) => [name, Number(number)]))).toEqual(
      protocol.TAG,
    );
    const tagsInHeader = [...header.matchAll(/^ {2}TAG_([A-Z_]+) = (\d+),$/gm)];
    expect(
      Object.fromEntries(tagsInHeader.map(([, name, number]) => [name, Number(number)])),
    ).toEqual(protocol.TAG);
  });

  it("has the version that the binary prints", () => {
    const printed = execFileSync(buildBoxd("build/boxd"), ["--version"], { encoding: "utf8" });
    expect(printed).toBe(`boxd 0.1.0 protocol ${protocol.PROTOCOL_VERSION}\n`);
    expect(page).toContain(`protocol, version ${protocol.PROTOCOL_VERSION}`);
  });

  it("has an example that the client speaks", async () => {
    const sent: Buffer[] = [];
    const stream = new Duplex({
      read() {},
      write: (chunk, _encoding, done) => {
        sent.push(chunk);
        done();
      },
    });
    expect(example.map(({ from }) => from)).toEqual(["boxd", "engine", "boxd", "boxd", "boxd"]);
    stream.push(example[0]?.bytes);
    const connection = await BoxdConnection.connect(stream);
    expect(connection.hello).toEqual({ protocol: 2, version: "0.1.0" });
    const running = connection.run({ argv: ["/bin/echo", "hi"], windowBytes: 1024 });
    for (const { bytes } of example.slice(2)) stream.push(bytes);
    const { stdout, exit } = await running;
    expect(stdout.toString()).toBe("hi\n");
    expect(exit).toEqual({
      code: 0,
      signal: null,
      cpuNanoseconds: 1_000_000n,
      maxRssBytes: 1048576,
    });
    // The client also sends FLAGS, which the example leaves out; the rest is in it.
    expect(
      Buffer.concat(sent).includes((example[1]?.bytes ?? Buffer.alloc(0)).subarray(9, 30)),
    ).toBe(true);
    connection.close();
  });

  it("has an example that boxd speaks", async () => {
    const { socket, ended } = spawnRaw();
    const expected = example.filter(({ from }) => from === "boxd").map(({ bytes }) => bytes);
    const length = Buffer.concat(expected).length;
    let seen = Buffer.alloc(0);
    await new Promise<void>((resolve) => {
      socket.on("data", (chunk) => {
        seen = Buffer.concat([seen, chunk]);
        if (seen.length >= length) resolve();
      });
      socket.write(example[1]?.bytes);
    });
    socket.destroy();
    await ended;
    // The process number, the time and the memory are this run's.
    const own = Buffer.from(seen);
    const pidAt = (expected[0]?.length ?? 0) + 14;
    own.writeUInt32BE(42, pidAt);
    Buffer.concat(expected).copy(own, length - 26, length - 26);
    expect(own.toString("hex")).toBe(Buffer.concat(expected).toString("hex"));
  });
});
