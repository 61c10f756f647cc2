import { Duplex } from "node:stream";
import { expect, it } from "vitest";
import { Fields } from "../../../src/engine/boxd/fields.ts";
import { FrameDecoder } from "../../../src/engine/boxd/frame-decoder.ts";
import { BoxdConnection, BoxdError } from "../../../src/engine/boxd/index.ts";
import { boxed, canBox } from "./support/box.ts";
import { buildBoxd, spawnRaw } from "./support/boxd.ts";
import { likelyFrame, mutate } from "./support/hostile-frames.ts";
import { Random } from "./support/random.ts";
import { frame } from "./support/wire.ts";

const seconds = Number(process.env.BOXD_FUZZ_SECONDS ?? 10);
const firstSeed = Number(process.env.BOXD_FUZZ_SEED ?? 1);

/** One connection of frames that are likely, then mutated; boxd must end well or with a reason. */
async function attack(program: readonly string[], seed: number): Promise<number> {
  const random = new Random(seed);
  const { socket, ended } = spawnRaw(program);
  let frames = 0;
  // What boxd says must be well-formed, whatever it is told.
  const decoder = new FrameDecoder({
    onData: () => frames++,
    onMessage: (_channel, _type, payload) => {
      frames++;
      return new Fields(payload);
    },
  });
  let broken: unknown;
  socket.on("data", (chunk) => {
    try {
      decoder.push(chunk);
    } catch (error) {
      broken ??= error;
    }
  });
  const mutations = random.pick([0, 0, 1, 10]);
  for (let i = 20 + random.below(150); i > 0 && !socket.destroyed; i--) {
    let bytes = likelyFrame(random);
    if (random.chance(mutations)) bytes = mutate(random, bytes);
    socket.write(bytes);
    if (random.chance(10)) await new Promise((resolve) => setTimeout(resolve, random.below(5)));
    if (random.chance(5)) socket.pause();
    if (random.chance(30)) socket.resume();
  }
  socket.resume();
  if (random.chance(50)) socket.write(random.bytes(random.below(40)));
  socket.end();
  const { code, stderr } = await ended;
  const story = `BOXD_FUZZ_SEED=${seed}\n${stderr}`;
  expect(stderr, story).not.toMatch(/Sanitizer|runtime error|buffer overflow|output buffer/);
  expect([0, 2], story).toContain(code);
  expect(broken, story).toBeUndefined();
  return frames;
}

it.skipIf(!canBox())(
  `boxd with the sanitizers survives frames made up at random for ${seconds} s (BOXD_FUZZ_SEED=${firstSeed})`,
  async () => {
    const program = boxed(buildBoxd("build/boxd-asan"));
    const end = performance.now() + seconds * 1000;
    let seed = firstSeed;
    let frames = 0;
    while (performance.now() < end) {
      // Two at a time: most of a session is waiting.
      const found = await Promise.all([attack(program, seed), attack(program, seed + 1)]);
      frames += (found[0] ?? 0) + (found[1] ?? 0);
      seed += 2;
    }
    expect(frames).toBeGreaterThan(seconds * 10);
  },
  seconds * 1000 + 60_000,
);

const ANSWERS = [
  (c: number) => frame(c, 0x81, [[19, 7]]),
  (c: number) => frame(c, 0x82, Buffer.alloc(1000)),
  (c: number) => frame(c, 0x83, Buffer.alloc(10)),
  (c: number) => frame(c, 0x12, Buffer.alloc(100)),
  (c: number) =>
    frame(c, 0x84, [
      [20, 0],
      [21, 1n],
      [22, 1n],
    ]),
  (c: number) => frame(c, 0x85),
  (c: number) => frame(c, 0x89),
  (c: number) => frame(c, 0x13),
  (c: number) => frame(c, 0x06, [[7, 100]]),
  (c: number) =>
    frame(c, 0x86, [
      [23, 2],
      [24, "no"],
    ]),
  (c: number) =>
    frame(c, 0x87, [
      [25, "n"],
      [26, 1],
      [27, 1n],
      [28, 1n],
      [18, 1],
      [9, 0],
      [10, 0],
    ]),
  (c: number) =>
    frame(c, 0x88, [
      [26, 1],
      [27, 1n],
      [28, 1n],
      [18, 1],
      [9, 0],
      [10, 0],
    ]),
];

it(`the client survives answers made up at random (BOXD_FUZZ_SEED=${firstSeed})`, async () => {
  const end = performance.now() + Math.min(seconds, 60) * 200;
  for (let seed = firstSeed; performance.now() < end; seed++) {
    const random = new Random(seed);
    const stream = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
    stream.push(
      frame(0, 0x80, [
        [30, 2],
        [31, "x"],
      ]),
    );
    const { files, ...connection } = await BoxdConnection.connect(stream).then((c) => ({
      files: c.files,
      run: c.run.bind(c),
      dial: c.dial.bind(c),
      closed: c.closed,
    }));
    const pending = [
      connection.run({ argv: ["a"], input: "x" }),
      files.stat("/"),
      files.readFile("/a"),
      files.write("/a", Buffer.alloc(500_000)),
      files.list("/").next(),
      connection.dial({ port: 1 }).then(async (stream) => {
        stream.end("hello");
        for await (const _ of stream);
      }),
    ];
    for (let i = 0; i < 30; i++) {
      const bytes = random.pick(ANSWERS)(1 + random.below(6));
      stream.push(random.chance(10) ? mutate(random, bytes) : bytes);
    }
    stream.push(null);
    for (const result of await Promise.allSettled(pending)) {
      if (result.status === "rejected") {
        expect(result.reason, `BOXD_FUZZ_SEED=${seed}`).toBeInstanceOf(BoxdError);
      }
    }
    expect(await connection.closed, `BOXD_FUZZ_SEED=${seed}`).toBeInstanceOf(BoxdError);
  }
});
