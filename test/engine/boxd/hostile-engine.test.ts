import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FrameDecoder } from "../../../src/engine/boxd/frame-decoder.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { buildBoxd, isAlive, spawnRaw, until } from "./support/boxd.ts";
import { field, frame, u32 } from "./support/wire.ts";

const START = 0x01;
const DIAL = 0x20;
const LISTEN = 0x21;
const ACCEPT = 0x22;
const argv = (program: string, ...rest: string[]) =>
  [program, ...rest].map((argument) => [1, argument] as const);
const sleep = frame(1, START, argv("/bin/sleep", "1000"));

/** What boxd says and how it ends when it gets these bytes. */
async function provoke(...bytes: Buffer[]) {
  const { child, socket, ended } = spawnRaw();
  const messages: { channel: number; type: number; text: string }[] = [];
  const decoder = new FrameDecoder({
    onData: () => {},
    onMessage: (channel, type, payload) => {
      messages.push({ channel, type, text: payload.toString("latin1") });
    },
  });
  socket.on("data", (chunk) => decoder.push(chunk));
  for (const part of bytes) socket.write(part);
  const { code, stderr } = await ended;
  return { code, stderr, last: messages.at(-1), messages, pid: child.pid ?? 0 };
}

const many = (count: number, make: (channel: number) => Buffer) =>
  Buffer.concat(Array.from({ length: count }, (_, i) => make(i + 1)));

const cases: [string, RegExp, Buffer[]][] = [
  [
    "a frame above the limit",
    /a frame of 262145 bytes/,
    [Buffer.concat([u32(262145), u32(1), Buffer.from([1])])],
  ],
  [
    "a frame of 4 GiB",
    /a frame of 4294967295 bytes/,
    [Buffer.concat([u32(-1), u32(1), Buffer.from([1])])],
  ],
  ["an unknown type", /type 0x7f is unknown/, [frame(1, 0x7f)]],
  ["a type of boxd's own", /type 0x84 is unknown/, [frame(1, 0x84)]],
  ["channel 0", /channel 0/, [frame(0, START, argv("/bin/true"))]],
  ["data on channel 0", /channel 0/, [frame(0, 0x02, Buffer.from("x"))]],
  ["a channel that is open", /channel 1 is open already/, [sleep, sleep]],
  [
    "too many channels",
    /more than 4096 channels/,
    [many(4097, (i) => frame(i, 0x11, [[14, "/proc/self/comm"]]))],
  ],
  ["a field cut short", /cut short/, [frame(1, START, Buffer.from([1, 0, 0]))]],
  [
    "a field longer than its frame",
    /longer than its frame/,
    [frame(1, START, Buffer.concat([Buffer.from([1]), u32(100), Buffer.from("x")]))],
  ],
  [
    "a field of 4 GiB",
    /longer than its frame/,
    [frame(1, START, Buffer.concat([Buffer.from([1]), u32(-1), Buffer.from("x")]))],
  ],
  ["an unknown tag", /tag 99 does not belong/, [frame(1, START, [[99, "x"]])]],
  ["tag 0", /tag 0 does not belong/, [frame(1, START, [[0, "x"]])]],
  [
    "a tag of another frame",
    /tag 14 does not belong/,
    [
      frame(1, START, [
        [1, "a"],
        [14, "x"],
      ]),
    ],
  ],
  [
    "a tag twice",
    /comes twice/,
    [
      frame(1, START, [
        [1, "a"],
        [3, "/"],
        [3, "/"],
      ]),
    ],
  ],
  [
    "a number of 3 bytes",
    /has 3 bytes, not 4/,
    [
      frame(1, START, [
        [1, "a"],
        [4, "abc"],
      ]),
    ],
  ],
  [
    "a long number of 4 bytes",
    /has 4 bytes, not 8/,
    [
      frame(1, 0x10, [
        [14, "/"],
        [16, 1],
      ]),
    ],
  ],
  ["a NUL byte", /NUL/, [frame(1, START, [[1, "a\0b"]])]],
  ["a missing tag", /lacks a tag/, [frame(1, START)]],
  [
    "unknown START flags",
    /START flags 0x20/,
    [
      frame(1, START, [
        [1, "a"],
        [4, 32],
      ]),
    ],
  ],
  [
    "a uid without a gid",
    /uid and gid/,
    [
      frame(1, START, [
        [1, "a"],
        [9, 0],
      ]),
    ],
  ],
  [
    "too much credit",
    /more credit/,
    [
      frame(1, START, [
        [1, "a"],
        [7, 2 ** 30 + 1],
      ]),
    ],
  ],
  [
    "too much credit in all",
    /more credit/,
    [frame(1, START, [...argv("/bin/sleep", "9"), [7, 2 ** 30]]), frame(1, 0x06, [[7, 1]])],
  ],
  [
    "credit for a stream that is not there",
    /no stream 2/,
    [
      frame(1, START, [...argv("/bin/sleep", "9"), [4, 2]]),
      frame(1, 0x06, [
        [7, 1],
        [8, 2],
      ]),
    ],
  ],
  ["stdin that was not asked for", /has no stdin/, [sleep, frame(1, 0x02, Buffer.from("x"))]],
  [
    "stdin over the window",
    /were granted/,
    [
      frame(1, START, [...argv("/bin/sleep", "9"), [4, 4]]),
      frame(1, 0x02, Buffer.alloc(262144)),
      frame(1, 0x02, Buffer.alloc(262144)),
    ],
  ],
  [
    "stdin after its end",
    /after its end/,
    [
      frame(1, START, [...argv("/bin/sleep", "9"), [4, 4]]),
      frame(1, 0x03),
      frame(1, 0x02, Buffer.from("x")),
    ],
  ],
  [
    "a second end of stdin",
    /closed twice/,
    [frame(1, START, [...argv("/bin/sleep", "9"), [4, 4]]), frame(1, 0x03), frame(1, 0x03)],
  ],
  ["signal 65", /signal 65/, [sleep, frame(1, 0x04, [[12, 65]])]],
  [
    "signal target 3",
    /signal target 3/,
    [
      sleep,
      frame(1, 0x04, [
        [12, 9],
        [13, 3],
      ]),
    ],
  ],
  [
    "a size without a terminal",
    /has no terminal/,
    [
      sleep,
      frame(1, 0x05, [
        [5, 1],
        [6, 1],
      ]),
    ],
  ],
  ["file frames for a process", /does not belong on channel 1/, [sleep, frame(1, 0x19)]],
  [
    "process frames for a file",
    /does not belong on channel 1/,
    [frame(1, 0x10, [[14, "/proc/self/status"]]), frame(1, 0x03)],
  ],
  [
    "append and atomic",
    /appends or replaces/,
    [
      frame(1, 0x11, [
        [14, "/nowhere/x"],
        [4, 6],
      ]),
    ],
  ],
  ["port 0", /port 0/, [frame(1, DIAL, [[34, 0]])]],
  ["port 65536", /port 65536/, [frame(1, DIAL, [[34, 65536]])]],
  ["no port", /lacks a tag/, [frame(1, DIAL, [[33, "127.0.0.1"]])]],
  [
    "data before there is a connection",
    /type 0x12 does not belong on channel 1/,
    [Buffer.concat([frame(1, DIAL, [[34, 1]]), frame(1, 0x12, Buffer.from("x"))])],
  ],
  [
    "process frames for a connection",
    /type 0x03 does not belong on channel 1/,
    [Buffer.concat([frame(1, DIAL, [[34, 1]]), frame(1, 0x03)])],
  ],
  [
    "too much credit for a connection",
    /more credit/,
    [
      frame(1, DIAL, [
        [34, 1],
        [7, 2 ** 30 + 1],
      ]),
    ],
  ],
  ["a port to listen on that is none", /port 65536/, [frame(1, LISTEN, [[34, 65536]])]],
  ["no listener", /lacks a tag/, [frame(1, ACCEPT)]],
  [
    "data for a listener",
    /type 0x12 does not belong on channel 1/,
    [Buffer.concat([frame(1, LISTEN), frame(1, 0x12, Buffer.from("x"))])],
  ],
  [
    "data before somebody has come",
    /type 0x12 does not belong on channel 2/,
    [Buffer.concat([frame(1, LISTEN), frame(2, ACCEPT, [[35, 1]]), frame(2, 0x12)])],
  ],
  ["raw fields in an empty frame", /does not belong/, [frame(1, 0x13, field(14, "/"))]],
];

describe("a frame that breaks the protocol", () => {
  it.each(cases)("%s: ends boxd with its reason", async (_name, reason, bytes) => {
    const { code, stderr, last } = await provoke(...bytes);
    expect(last).toMatchObject({ channel: 0, type: 0x86 });
    expect(last?.text).toMatch(reason);
    expect(stderr).toMatch(/^boxd: protocol error: /);
    expect(code).toBe(2);
  });

  it("takes the running processes with it", async () => {
    const { messages } = await provoke(sleep, frame(1, 0x7f));
    const started = messages.find((message) => message.type === 0x81);
    const pid = Buffer.from(started?.text ?? "", "latin1").readUInt32BE(5);
    await until(() => !isAlive(pid));
  });

  it("a truncated frame is waited for, and ends with the connection", async () => {
    const { socket, ended } = spawnRaw();
    socket.end(sleep.subarray(0, sleep.length - 1));
    socket.resume();
    expect((await ended).code).toBe(0);
  });

  it("a frame for a channel that has ended is no fault", async () => {
    const { code } = await provoke(
      frame(1, START, argv("/nowhere")),
      frame(1, 0x04, [[12, 9]]),
      frame(1, 0x02, Buffer.from("late")),
      frame(1, 0x19),
      frame(1, 0x06, [[7, 1]]),
      frame(2, 0x7f),
    );
    expect(code).toBe(2);
  });
});

describe("the command line", () => {
  it("refuses what is no connected socket", async () => {
    const { ended } = spawnRaw(["sh", "-c", 'exec "$0" --fd 2', buildBoxd()]);
    expect((await ended).code).toBe(64);
  });

  it.each([
    "--bind /a",
    "--bind /a /b",
    "--hostname box",
    "--root",
    "--user 1000",
    "--user 1000:",
    "--user -1:1",
    "--user 4294967295:1",
    "--capabilities zz",
    "--capabilities 10000000000000000",
    "--seccomp 2",
    "--seccomp 4x",
    "--unknown 1",
    `--root / ${"--bind /a /b ".repeat(17)}`,
  ])("refuses %s", async (options) => {
    const { ended } = spawnRaw([buildBoxd(), ...options.trim().split(" ")]);
    const { code, stderr } = await ended;
    expect([code, stderr]).toEqual([64, expect.stringContaining("usage: boxd --fd")]);
  });

  it.each(["1", "1:", "1:1", "1:1 --", "1:1 true"])("refuses --map %s", (options) => {
    const run = spawnSync(buildBoxd(), ["--map", ...options.split(" ")]);
    expect(run.status).toBe(64);
  });

  it("ends when what it is to give up cannot be given up", async () => {
    await using folder = await temporaryFolder();
    for (const [length, reason] of [
      [0, "system call filter: Invalid argument"],
      [7, "system call filter: half an instruction"],
    ] as const) {
      const filter = join(folder.path, "filter");
      await writeFile(filter, Buffer.alloc(length));
      const script = `exec "$0" --seccomp 4 "$@" 4<${filter}`;
      const { ended } = spawnRaw(["sh", "-c", script, buildBoxd()]);
      const { code, stderr } = await ended;
      expect([code, stderr]).toEqual([1, expect.stringContaining(reason)]);
    }
  });

  it.skipIf(process.getuid?.() !== 0)("maps a range of users, whose first is root", () => {
    const script =
      "id -u; cat /proc/self/uid_map /proc/self/gid_map | tr -s ' '; grep CapEff /proc/self/status; exit 7";
    const run = spawnSync(buildBoxd(), ["--map", "2000000000:65536", "--", "sh", "-c", script], {
      encoding: "utf8",
    });
    const map = " 0 2000000000 65536\n";
    expect(run.stdout).toMatch(new RegExp(`^0\n${map}${map}CapEff:\t0*[1-9a-f][0-9a-f]+\n$`));
    expect([run.stderr, run.status]).toEqual(["", 7]);
    const missing = spawnSync(buildBoxd(), ["--map", "2000000000:1", "--", "/none"]);
    expect([missing.status, missing.stderr.toString()]).toEqual([
      1,
      "boxd: /none: No such file or directory\n",
    ]);
  });
});
