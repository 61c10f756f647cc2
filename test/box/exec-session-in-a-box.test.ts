import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Box, EphemeralBox, type ExecSession } from "../../src/box/index.ts";
import { type TestEngine, testEngine } from "../support/test-engine.ts";

let host: TestEngine;
let box: Box;
beforeAll(async () => {
  host = await testEngine();
  box = await host.box({ env: { GREETING: "hallo" } });
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  expect(host.errors).toEqual([]);
});

/** Reads until the output so far fits. */
async function until(session: ExecSession, pattern: RegExp): Promise<string> {
  let text = "";
  for await (const chunk of session) {
    if (chunk.type !== "exit") text += chunk.data;
    if (pattern.test(text)) return text;
  }
  return text;
}

describe("a session in a real box", () => {
  it("talks to a program until it ends", async () => {
    await using session = await box.exec.session({ argv: ["sort"] });
    session.write("banana\napple\n");
    session.endStdin();
    expect(await until(session, /banana/)).toBe("apple\nbanana\n");
    expect(await session.wait()).toBe(0);
    expect(session.pid).toBeGreaterThan(0);
    const [run] = await box.listRuns();
    expect(run).toMatchObject({ id: session.execId, prompt: "sort", status: "completed" });
  });

  it("holds a conversation in a terminal, whose size follows", async () => {
    const argv = ["bash", "--norc", "-i"];
    await using shell = await box.exec.session({ argv, tty: true, rows: 40, cols: 120 });
    await until(shell, /\$ $/);
    shell.write("tty; stty size\n");
    expect(await until(shell, /40 120[\s\S]*\$ $/)).toContain("/dev/pts/");
    shell.resize(50, 160);
    shell.write("stty size\n");
    await until(shell, /50 160[\s\S]*\$ $/);
    // Ctrl-C before the program is there would be for the shell. Its echo has the quotes.
    shell.write("sh -c 'echo re\"\"ady; exec sleep 1000'\n");
    await until(shell, /ready\r\n/);
    shell.write("\x03");
    await until(shell, /\$ $/);
    shell.write("exit 4\n");
    expect(await shell.wait()).toBe(4);
  });

  it("works in the box's directory, with variables of its own, in a shell when it is asked to", async () => {
    await box.exec.command("mkdir -p made/below");
    await box.cd("made");
    const where = 'echo "$PWD $GREETING $MINE"';
    const inShell = await box.exec.session({ cmd: where, cwd: "below", env: { MINE: "a=b" } });
    expect(await until(inShell, /\n/)).toBe("/workspace/home/made/below hallo a=b\n");
    const plain = await box.exec.session({ argv: ["echo", "$HOME; ls"], env: ["MINE=1"] });
    expect(await until(plain, /\n/)).toBe("$HOME; ls\n");
    await box.cd("..");
  });

  it("passes every signal on that the SDK names", async () => {
    const names = ["TERM", "INT", "HUP", "QUIT", "USR1", "USR2", "TSTP"];
    const traps = names.map((name) => `trap 'echo got ${name}' ${name}`).join("; ");
    const argv = ["bash", "-c", `${traps}; echo ready; while :; do sleep 0.05; done`];
    await using session = await box.exec.session({ argv });
    await until(session, /ready/);
    for (const name of names) {
      session.kill(name);
      expect(await until(session, /got \w+\n/)).toContain(`got ${name}\n`);
    }
    session.kill("KILL");
    expect(await session.wait()).toBe(137);
  });

  it.each([
    ["is closed", (session: ExecSession) => session.close()],
    ["is terminated", (session: ExecSession) => session.terminate(100)],
  ])("ends all that it has started when it %s", async (_how, end) => {
    const argv = ["sh", "-c", "trap '' TERM; sleep 1000 & echo $!; wait; wait"];
    await using session = await box.exec.session({ argv });
    const child = (await until(session, /\d+\n/)).trim();
    await end(session);
    await session.wait();
    await expect
      .poll(async () => (await box.exec.command(`kill -0 ${child}`)).status)
      .toBe("failed");
  });

  it("ends its program when it is aborted", async () => {
    const controller = new AbortController();
    const argv = ["sleep", "1000"];
    const session = await box.exec.session({ argv, signal: controller.signal });
    controller.abort();
    await expect(session.wait()).rejects.toMatchObject({ code: "aborted" });
    await expect
      .poll(async () => (await box.exec.command(["kill", "-0", `${session.pid}`])).status)
      .toBe("failed");
  });

  it("carries much through a program, both ways, without a byte lost", async () => {
    const session = await box.exec.session({ argv: ["cat"], encoding: "bytes" });
    const block = Buffer.from(Array.from({ length: 100_003 }, (_, index) => index % 251));
    const blocks = 200;
    const sent = createHash("sha256");
    const writing = (async () => {
      for (let index = 0; index < blocks; index++) {
        sent.update(block);
        await session.write(block);
      }
      session.endStdin();
    })();
    const received = createHash("sha256");
    for await (const chunk of session) if (chunk.type === "stdout") received.update(chunk.data);
    await writing;
    expect(received.digest("hex")).toBe(sent.digest("hex"));
    expect(await session.wait()).toBe(0);
  });

  it("says why it cannot be: no program, no folder, no box", async () => {
    const code = (promise: Promise<unknown>) => expect(promise).rejects;
    await code(box.exec.session({ argv: ["no-such-program"] })).toThrow(/no-such-program/);
    await code(box.exec.session({ cmd: "true", cwd: "nowhere" })).toThrow(/nowhere/);
    const other = await host.box();
    await other.delete();
    await code(other.exec.session({ cmd: "true" })).toMatchObject({
      code: "not_found",
      statusCode: 404,
      requestId: expect.any(String),
    });
  });

  it("is there for ephemeral boxes, and ends when the box does", async () => {
    const ephemeral = await EphemeralBox.create({ ...host.connection, ttl: 600 });
    const session = await ephemeral.exec.session({ argv: ["sleep", "1000"] });
    await ephemeral.delete();
    const end = await session.wait().catch((error: { code: string }) => error.code);
    expect([137, "exec_failed"]).toContain(end);
  });
});
