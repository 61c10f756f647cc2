import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isAlive, spawnBoxd, type TestBoxd, until } from "./support/boxd.ts";

const env = { PATH: "/usr/bin:/bin" };
let boxd: TestBoxd;

beforeAll(async () => {
  boxd = await spawnBoxd();
});
afterAll(() => boxd[Symbol.asyncDispose]());

const sh = (script: string) => ({ argv: ["sh", "-c", script], env });

async function text(stream: AsyncIterable<Buffer> | null): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream ?? []) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe("a process", () => {
  it("gives stdout, stderr, exit code and what it cost", async () => {
    const { exit, stdout, stderr } = await boxd.connection.run(
      sh("echo out; echo err >&2; exit 3"),
    );
    expect(stdout.toString()).toBe("out\n");
    expect(stderr.toString()).toBe("err\n");
    expect(exit).toMatchObject({ code: 3, signal: null });
    expect(exit.maxRssBytes).toBeGreaterThan(100_000);
  });

  it("reports the processor time that it used", async () => {
    const { exit } = await boxd.connection.run(
      sh("i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done"),
    );
    expect(exit.cpuNanoseconds).toBeGreaterThan(10_000_000n);
  });

  it("reports the signal that killed it", async () => {
    const { exit } = await boxd.connection.run(sh("kill -SEGV $$"));
    expect(exit).toMatchObject({ code: null, signal: "SIGSEGV" });
  });

  it("has exactly the environment that was given", async () => {
    const { stdout } = await boxd.connection.run({
      argv: ["/usr/bin/env"],
      env: { A: "1", B: "x=y" },
    });
    expect(stdout.toString()).toBe("A=1\nB=x=y\n");
  });

  it("takes strange bytes in arguments and environment as they are", async () => {
    const odd = Buffer.from([0x01, 0xff, 0xfe, 0x0a, 0x27, 0x22, 0x24]);
    const { stdout } = await boxd.connection.run({
      argv: ["sh", "-c", 'printf "%s|%s|%s" "$1" "$ODD" "$2"', "sh", odd, ""],
      env: [Buffer.concat([Buffer.from("ODD="), odd]), "PATH=/usr/bin:/bin"],
    });
    expect(stdout).toEqual(Buffer.concat([odd, Buffer.from("|"), odd, Buffer.from("|")]));
  });

  it("refuses a NUL byte before it is sent", async () => {
    await expect(boxd.connection.run({ argv: ["echo", "a\0b"], env })).rejects.toMatchObject({
      code: "ARGUMENT",
    });
  });

  it("passes output bytes that are not UTF-8 through unchanged", async () => {
    const { stdout } = await boxd.connection.run(sh("printf '\\377\\000\\200\\303('"));
    expect(stdout).toEqual(Buffer.from([0xff, 0x00, 0x80, 0xc3, 0x28]));
  });

  it("starts in the working directory, and says so when it is not there", async () => {
    const { stdout } = await boxd.connection.run({ argv: ["pwd"], cwd: "/usr/lib", env });
    expect(stdout.toString()).toBe("/usr/lib\n");
    await expect(
      boxd.connection.run({ argv: ["pwd"], cwd: "/nowhere", env }),
    ).rejects.toMatchObject({
      code: "REMOTE",
      errnoName: "ENOENT",
      message: "cwd /nowhere: No such file or directory",
    });
  });

  it("is an ENOENT error when the program is missing, and EACCES when it is no program", async () => {
    await expect(boxd.connection.start({ argv: ["no-such"], env })).rejects.toMatchObject({
      errnoName: "ENOENT",
      message: "program no-such: No such file or directory",
    });
    await expect(boxd.connection.start({ argv: [""], env })).rejects.toMatchObject({
      errnoName: "ENOENT",
    });
    await expect(boxd.connection.start({ argv: ["/etc/passwd"], env })).rejects.toMatchObject({
      errnoName: "EACCES",
    });
  });

  it("looks its program up in the PATH that it was given", async () => {
    await expect(
      boxd.connection.run({ argv: ["true"], env: { PATH: "/nowhere" } }),
    ).rejects.toMatchObject({ errnoName: "ENOENT" });
    const { exit } = await boxd.connection.run({ argv: ["true"], env: { PATH: "/nowhere:/bin" } });
    expect(exit.code).toBe(0);
  });

  it("runs as another user when it is asked for one", async () => {
    if (process.getuid?.() !== 0) return;
    const user = { uid: 12345, gid: 23456, groups: [34567] };
    const { stdout } = await boxd.connection.run({
      argv: ["sh", "-c", "id -u; id -g; id -G"],
      env,
      user,
    });
    expect(stdout.toString()).toBe("12345\n23456\n23456 34567\n");
  });

  it("does not get boxd's descriptors, blocked signals, umask or file limit", async () => {
    const own = readFileSync("/proc/self/limits", "utf8").match(/Max open files +(\d+)/)?.[1];
    const { stdout } = await boxd.connection.run(
      sh("ls /proc/self/fd; grep -E 'SigBlk|SigIgn' /proc/self/status; umask; ulimit -n"),
    );
    const zero = "0000000000000000";
    expect(stdout.toString()).toBe(
      `0\n1\n2\n3\nSigBlk:\t${zero}\nSigIgn:\t${zero}\n0022\n${own}\n`,
    );
  });

  it("leads a session and a group of its own", async () => {
    const { stdout } = await boxd.connection.run(sh("cut -d' ' -f1,5,6 /proc/$$/stat"));
    const [pid, group, session] = stdout.toString().trim().split(" ");
    expect([group, session]).toEqual([pid, pid]);
  });

  it("writes stderr into stdout in order when they are merged", async () => {
    const { stdout, stderr } = await boxd.connection.run({
      ...sh("echo 1; echo 2 >&2; echo 3; echo 4 >&2"),
      mergeStderr: true,
    });
    expect(stdout.toString()).toBe("1\n2\n3\n4\n");
    expect(stderr.length).toBe(0);
  });

  it("drops the output that is ignored", async () => {
    const process = await boxd.connection.start({
      ...sh("head -c 10000000 /dev/zero; echo err >&2"),
      stdout: "ignore",
    });
    expect(process.stdout).toBeNull();
    expect(await text(process.stderr)).toBe("err\n");
    expect((await process.exit).code).toBe(0);
  });

  it("loses no output that it wrote before its end", async () => {
    for (let i = 0; i < 50; i++) {
      const { stdout } = await boxd.connection.run(sh("head -c 65536 /dev/zero"));
      expect(stdout.length).toBe(65536);
    }
  });

  it("ends although a background child holds its output, and the child lives on", async () => {
    const { exit, stdout } = await boxd.connection.run(sh("sleep 1000 & echo $!"));
    const pid = Number(stdout.toString());
    expect(exit.code).toBe(0);
    expect(isAlive(pid)).toBe(true);
    process.kill(pid);
  });

  it("ends although a background child never stops writing, and that child is not killed by it", async () => {
    const { stdout } = await boxd.connection.run({
      ...sh("echo $$; yes & echo $!"),
      limitBytes: 2 ** 30,
    });
    const pid = Number(stdout.toString().match(/^\d+$/gm)?.[1]);
    expect(isAlive(pid)).toBe(true);
    await boxd.connection.run(sh("true"));
    expect(isAlive(pid)).toBe(true);
    process.kill(pid);
  });

  it("waits a moment for what the end of a shell leaves running", async () => {
    const { stdout } = await boxd.connection.run({
      argv: ["bash", "-c", "echo late > >(sleep 0.01; cat)"],
      env,
    });
    expect(stdout.toString()).toBe("late\n");
  });
});

describe("stdin", () => {
  it("is empty unless it is asked for", async () => {
    const { stdout } = await boxd.connection.run({ argv: ["cat"], env });
    expect(stdout.length).toBe(0);
  });

  it("carries more than the window both ways", async () => {
    const input = Buffer.alloc(20_000_000, "0123456789abcdef");
    const { stdout } = await boxd.connection.run({
      argv: ["cat"],
      env,
      input,
      limitBytes: 30_000_000,
    });
    expect(stdout.equals(input)).toBe(true);
  });

  it("holds the writer up while the process does not read, and boxd does not grow", async () => {
    const process = await boxd.connection.start({ argv: ["sleep", "1000"], env, stdin: "open" });
    let written = 0;
    const chunk = Buffer.alloc(64 * 1024);
    while (process.stdin?.write(chunk, () => (written += chunk.length)));
    const before = boxd.residentSet();
    for (let i = 0; i < 100; i++) process.stdin?.write(chunk, () => (written += chunk.length));
    await boxd.connection.run(sh("true"));
    // The window and a pipe's worth, of 6 MB that were offered.
    expect(written).toBeLessThanOrEqual(400 * 1024);
    expect(boxd.residentSet() - before).toBeLessThan(1024);
    process.signal("SIGKILL");
    expect((await process.exit).signal).toBe("SIGKILL");
  });

  it("swallows the rest when the process stops reading", async () => {
    const input = Buffer.alloc(5_000_000, "line\n");
    const { stdout, exit } = await boxd.connection.run({
      ...sh("exec 0<&-; echo done; sleep 0.05"),
      input,
    });
    expect(stdout.toString()).toBe("done\n");
    expect(exit.code).toBe(0);
  });

  it("ends for the process when it is destroyed", async () => {
    const process = await boxd.connection.start({ argv: ["cat"], env, stdin: "open" });
    process.stdin?.destroy();
    expect((await process.exit).code).toBe(0);
  });
});

describe("many processes", () => {
  it("run 500 at once", async () => {
    const numbers = Array.from({ length: 500 }, (_, i) => i);
    const results = await Promise.all(
      numbers.map((i) =>
        boxd.connection.run({ argv: ["sh", "-c", `read x; echo ${i}`], env, input: "\n" }),
      ),
    );
    expect(results.map((result) => Number(result.stdout))).toEqual(numbers);
  });

  it("leave no zombies, neither their own nor orphans", async () => {
    await boxd.connection.run(sh("(sh -c 'sleep 0.02 & sleep 0.01 &' &) ; true"));
    const children = () =>
      readFileSync(`/proc/${boxd.pid}/task/${boxd.pid}/children`, "utf8").trim();
    await until(() => children() === "");
  });
});

describe("an AbortSignal", () => {
  it("kills the tree, and run rejects with its reason", async () => {
    const controller = new AbortController();
    const running = boxd.connection.run({
      ...sh("sleep 1000 & echo $!; wait"),
      signal: controller.signal,
    });
    controller.abort(new Error("enough"));
    await expect(running).rejects.toThrow("enough");
    await expect(boxd.connection.run({ ...sh("true"), signal: controller.signal })).rejects.toThrow(
      "enough",
    );
  });

  it("kills a started process", async () => {
    const controller = new AbortController();
    const process = await boxd.connection.start({ ...sh("sleep 1000"), signal: controller.signal });
    controller.abort();
    expect((await process.exit).signal).toBe("SIGKILL");
  });
});

describe("run's limit", () => {
  it("kills what writes more and rejects", async () => {
    await expect(
      boxd.connection.run({ argv: ["yes"], env, limitBytes: 100_000 }),
    ).rejects.toMatchObject({
      code: "OUTPUT_LIMIT",
    });
  });
});

describe("the end of the connection", () => {
  it("kills everything in the box, daemons too", async () => {
    const other = await spawnBoxd();
    const { stdout } = await other.connection.run(
      sh(
        "sleep 1000 & echo $!; setsid sh -c 'sleep 1001 & echo $!' ; nohup sleep 1002 >/dev/null & echo $!",
      ),
    );
    const started = await other.connection.start({
      ...sh("trap '' TERM HUP INT; sleep 1003; sleep 1004"),
    });
    const pids = [...stdout.toString().trim().split("\n").map(Number), started.pid];
    expect(pids.length).toBe(4);
    expect(pids.every(isAlive)).toBe(true);
    other.connection.close();
    expect((await other.ended).code).toBe(0);
    expect(pids.some(isAlive)).toBe(false);
    await expect(started.exit).rejects.toMatchObject({ code: "CLOSED" });
    await expect(other.connection.run(sh("true"))).rejects.toMatchObject({ code: "CLOSED" });
    expect(await other.connection.closed).toBeUndefined();
  });

  it("is noticed when boxd dies", async () => {
    const other = await spawnBoxd();
    const running = other.connection.run(sh("exec sleep 1000"));
    const files = other.connection.files.stat("/");
    await files;
    other.child.kill("SIGTERM");
    await expect(running).rejects.toMatchObject({ code: "CLOSED" });
    expect((await other.connection.closed)?.code).toBe("CLOSED");
  });
});

describe("boxd itself", () => {
  it("forgets the environment that it was started with", () => {
    if (process.getuid?.() !== 0) return;
    expect(readFileSync(`/proc/${boxd.pid}/environ`).every((byte) => byte === 0)).toBe(true);
  });

  it("cannot be traced or read by its children", async () => {
    if (process.getuid?.() !== 0) return;
    const user = { uid: 12345, gid: 12345 };
    const { exit } = await boxd.connection.run({ ...sh(`ls /proc/${boxd.pid}/fd`), user });
    expect(exit.code).not.toBe(0);
  });
});
