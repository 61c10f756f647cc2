import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { residentSet, spawnBoxd, spawnRaw, until } from "./support/boxd.ts";
import { frame } from "./support/wire.ts";

const env = { PATH: "/usr/bin:/bin" };
const GIBIBYTE = 2 ** 30;
/** With the sanitizers, memory says nothing. */
const measured = !process.env.BOXD_TARGET;

function cpuTicks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return Number(fields[11]) + Number(fields[12]);
}

describe("huge output", () => {
  it("passes through whole, and boxd stays small", async () => {
    await using boxd = await spawnBoxd();
    const before = boxd.residentSet();
    const process = await boxd.connection.start({ argv: ["head", "-c", "1G", "/dev/zero"], env });
    let total = 0;
    let largest = 0;
    for await (const chunk of process.stdout ?? []) {
      total += chunk.length;
      if (total % 64 === 0) largest = Math.max(largest, boxd.residentSet());
    }
    expect(total).toBe(GIBIBYTE);
    expect((await process.exit).code).toBe(0);
    if (measured) expect(largest - before).toBeLessThan(2048);
  });

  it("arrives unchanged and in order", async () => {
    await using boxd = await spawnBoxd();
    const process = await boxd.connection.start({ argv: ["seq", "1", "3000000"], env });
    let expected = 1;
    let rest = "";
    for await (const chunk of process.stdout ?? []) {
      const lines = (rest + chunk.toString()).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line !== String(expected++)) throw new Error(`line ${line}`);
    }
    expect(expected).toBe(3000001);
  });
});

describe("a reader that does not read", () => {
  it("holds its process up and nothing else; boxd and the engine stay small", async () => {
    await using boxd = await spawnBoxd();
    const process = await boxd.connection.start({ argv: ["yes"], env });
    await boxd.connection.run({ argv: ["sleep", "0.1"], env });
    const before = boxd.residentSet();
    const ticks = cpuTicks(boxd.pid);
    for (let i = 0; i < 50; i++) {
      const { stdout } = await boxd.connection.run({
        argv: ["head", "-c", "300000", "/dev/zero"],
        env,
      });
      expect(stdout.length).toBe(300_000);
    }
    await boxd.connection.run({ argv: ["sleep", "0.3"], env });
    if (measured) expect(boxd.residentSet() - before).toBeLessThan(1024);
    // A boxd that spins would have used all of the sleep and more.
    if (measured) expect(cpuTicks(boxd.pid) - ticks).toBeLessThan(30);
    expect(process.stdout?.readableLength).toBeLessThan(2 * 1024 * 1024);
    process.signal("SIGKILL");
    process.stdout?.destroy();
    expect((await process.exit).signal).toBe("SIGKILL");
  });

  it("does not lose what it left, when it reads after the end", async () => {
    await using boxd = await spawnBoxd();
    const process = await boxd.connection.start({
      argv: ["seq", "1", "300000"],
      env,
      windowBytes: 1000,
    });
    await boxd.connection.run({ argv: ["sleep", "0.1"], env });
    let total = 0;
    for await (const chunk of process.stdout ?? []) total += chunk.length;
    expect(total).toBe(1_988_895);
    expect((await process.exit).code).toBe(0);
  });

  it("may destroy the stream; the process then runs to its end", async () => {
    await using boxd = await spawnBoxd();
    const process = await boxd.connection.start({ argv: ["head", "-c", "50M", "/dev/zero"], env });
    for await (const _ of process.stdout ?? []) break;
    expect((await process.exit).code).toBe(0);
  });
});

describe("an engine that does not read its socket", () => {
  it("stops boxd from reading requests, without growth or spinning", async () => {
    const { child, socket, ended } = spawnRaw();
    const pid = child.pid ?? 0;
    socket.pause();
    const stat = frame(1, 0x15, [[14, "/"]]);
    let channel = 1;
    let offered = 0;
    // Far more answers than fit: boxd must leave the requests in the socket.
    for (let i = 0; i < 200_000; i++) {
      const request = Buffer.from(stat);
      request.writeUInt32BE(channel++, 4);
      socket.write(request);
      offered += request.length;
    }
    let last = -1;
    await until(() => {
      const now = cpuTicks(pid);
      const idle = now === last && socket.writableLength > 0;
      last = now;
      return idle;
    });
    const ticks = cpuTicks(pid);
    await new Promise((resolve) => setTimeout(resolve, 300));
    if (measured) expect(cpuTicks(pid) - ticks).toBeLessThan(5);
    if (measured) expect(residentSet(pid)).toBeLessThan(4096);
    expect(socket.writableLength).toBeGreaterThan(offered / 4);
    socket.destroy();
    expect((await ended).code).toBe(0);
  });
});

describe("many busy streams", () => {
  it("take turns", async () => {
    await using boxd = await spawnBoxd();
    const counts = new Array<number>(8).fill(0);
    const processes = await Promise.all(
      counts.map(() => boxd.connection.start({ argv: ["yes"], env })),
    );
    processes.forEach((process, i) => {
      process.stdout?.on("data", (chunk) => {
        counts[i] = (counts[i] ?? 0) + chunk.length;
      });
    });
    await until(() => Math.max(...counts) > 50_000_000);
    expect(Math.min(...counts)).toBeGreaterThan(Math.max(...counts) / 20);
    // A short command is not lost among them.
    const { exit } = await boxd.connection.run({ argv: ["true"], env });
    expect(exit.code).toBe(0);
  });
});

describe("a long life", () => {
  it("leaves nothing behind in boxd", async () => {
    await using boxd = await spawnBoxd();
    const round = async () => {
      await Promise.all([
        boxd.connection.run({ argv: ["cat"], env, input: Buffer.alloc(500_000) }),
        boxd.connection.run({ argv: ["/nowhere"], env }).catch(() => {}),
        boxd.connection.files.stat("/"),
        boxd.connection.files.readFile("/etc/passwd"),
        boxd.connection.files.readFile("/nowhere").catch(() => {}),
      ]);
      for await (const _ of boxd.connection.files.list("/usr/bin")) break;
    };
    for (let i = 0; i < 50; i++) await round();
    const before = boxd.residentSet();
    for (let i = 0; i < 300; i++) await round();
    if (measured) expect(boxd.residentSet() - before).toBeLessThan(256);
    // Root may look; boxd's own user may not.
    if (process.getuid?.() !== 0) return;
    expect(readdirSync(`/proc/${boxd.pid}/fd`).length).toBeLessThan(15);
  });
});
