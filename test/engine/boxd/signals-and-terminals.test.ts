import type { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isAlive, spawnBoxd, type TestBoxd, until } from "./support/boxd.ts";

const env = { PATH: "/usr/bin:/bin", TERM: "dumb" };
let boxd: TestBoxd;

beforeAll(async () => {
  boxd = await spawnBoxd();
});
afterAll(() => boxd[Symbol.asyncDispose]());

/** Collects a stream and waits for text in it. */
function watch(stream: Readable | null) {
  let seen = "";
  stream?.on("data", (chunk) => {
    seen += chunk;
  });
  return {
    seen: () => seen,
    until: (text: string | RegExp) => until(() => seen.search(text) >= 0),
  };
}

describe("a signal", () => {
  it("reaches the whole process group", async () => {
    const process = await boxd.connection.start({
      argv: ["sh", "-c", "sleep 1000 & echo $!; echo ready; wait"],
      env,
    });
    const output = watch(process.stdout);
    await output.until("ready");
    const child = Number(output.seen().split("\n")[0]);
    process.signal("SIGTERM");
    expect((await process.exit).signal).toBe("SIGTERM");
    await until(() => !isAlive(child));
  });

  it("to the tree also reaches those that left the group and the session", async () => {
    const script =
      "setsid sh -c 'echo $$; sleep 1000' & (sh -c 'echo $$; exec sleep 1001' &); echo ready; wait";
    const process = await boxd.connection.start({ argv: ["bash", "-mc", script], env });
    const output = watch(process.stdout);
    await until(() => /ready/.test(output.seen()) && output.seen().trim().split("\n").length === 3);
    const pids = output.seen().match(/\d+/g)?.map(Number) ?? [];
    expect(pids.length).toBe(2);
    process.signal("SIGKILL", "tree");
    expect((await process.exit).signal).toBe("SIGKILL");
    await until(() => !pids.some(isAlive));
  });

  it("SIGKILL to the tree overtakes a family that forks all the time", async () => {
    const script =
      'f() { sleep 0.001; setsid bash -c "$(declare -f f); f" & setsid sleep 1077 & wait; }; f';
    const process = await boxd.connection.start({ argv: ["bash", "-c", script], env });
    const marked = async () =>
      (await boxd.connection.run({ argv: ["pgrep", "-fc", "^sleep 1077"], env })).stdout
        .toString()
        .trim();
    await until(async () => Number(await marked()) > 10);
    process.signal("SIGKILL", "tree");
    expect((await process.exit).signal).toBe("SIGKILL");
    expect(await marked()).toBe("0");
  });

  it("to the tree reaches each process once", async () => {
    const script = "trap 'echo caught' TERM; echo ready; while :; do sleep 0.01; done";
    const process = await boxd.connection.start({ argv: ["sh", "-c", script], env });
    const output = watch(process.stdout);
    await output.until("ready");
    process.signal("SIGTERM", "tree");
    await output.until("caught");
    process.signal("SIGKILL", "tree");
    await process.exit;
    expect(output.seen().match(/caught/g)?.length).toBe(1);
  });

  it("after the end does nothing", async () => {
    const process = await boxd.connection.start({ argv: ["true"], env });
    process.stdout?.resume();
    process.stderr?.resume();
    await process.exit;
    process.signal("SIGKILL");
    expect((await boxd.connection.run({ argv: ["true"], env })).exit.code).toBe(0);
  });

  it("that does not exist is refused", async () => {
    const process = await boxd.connection.start({ argv: ["sleep", "1000"], env });
    expect(() => process.signal(65)).toThrow("Expected a signal's name");
    process.signal(9);
    await process.exit;
  });
});

describe("a terminal", () => {
  it("is one, with the size that was asked for", async () => {
    const process = await boxd.connection.start({
      argv: ["sh", "-c", "tty; stty size; test -t 2 && echo all"],
      env,
      pty: { rows: 33, columns: 77 },
    });
    expect(process.stderr).toBeNull();
    const output = watch(process.stdout);
    expect((await process.exit).code).toBe(0);
    await output.until(/^\/dev\/pts\/\d+\r\n33 77\r\nall\r\n$/);
  });

  it("tells the program when it is resized", async () => {
    const process = await boxd.connection.start({
      argv: [
        "bash",
        "-c",
        "trap 'stty size; exit' WINCH; echo ready; while :; do sleep 0.01; done",
      ],
      env,
      pty: { rows: 24, columns: 80 },
    });
    const output = watch(process.stdout);
    await output.until("ready");
    process.resize(50, 132);
    await process.exit;
    await output.until("50 132");
  });

  it("interrupts on Ctrl-C", async () => {
    // Not a shell: dash loses an interrupt that comes while it starts a command.
    const process = await boxd.connection.start({
      argv: ["cat"],
      env,
      pty: { rows: 24, columns: 80 },
    });
    const output = watch(process.stdout);
    process.stdin?.write("typed\n");
    await output.until("typed\r\ntyped");
    process.stdin?.write(Buffer.from([3]));
    expect((await process.exit).signal).toBe("SIGINT");
  });

  it("echoes what is typed, and ends the input when stdin ends, without a hangup", async () => {
    // Many times: cat closes its descriptors before it exits, and that is no end of the terminal.
    for (let i = 0; i < 100; i++) {
      const pty = { rows: 24, columns: 80 };
      const process = await boxd.connection.start({ argv: ["cat"], env, pty });
      const output = watch(process.stdout);
      process.stdin?.end("typed\n");
      expect(await process.exit).toMatchObject({ code: 0, signal: null });
      expect(output.seen()).toBe("typed\r\ntyped\r\n");
    }
  });

  it("loses nothing of a long output before its end", async () => {
    const process = await boxd.connection.start({
      argv: ["seq", "1", "50000"],
      env,
      pty: { rows: 24, columns: 80 },
    });
    const chunks: Buffer[] = [];
    for await (const chunk of process.stdout ?? []) chunks.push(chunk);
    const lines = Buffer.concat(chunks).toString().split("\r\n");
    expect(lines.length).toBe(50001);
    expect(lines[49999]).toBe("50000");
  });

  it("runs a shell with job control", async () => {
    const process = await boxd.connection.start({
      argv: ["bash", "-i"],
      env,
      pty: { rows: 24, columns: 80 },
    });
    const output = watch(process.stdout);
    process.stdin?.write("sleep 1000 &\njobs\nexit\n");
    await process.exit;
    expect(output.seen()).toMatch(/\[1\]\+ +Running/);
    expect(output.seen()).not.toMatch(/no job control/);
  });
});
