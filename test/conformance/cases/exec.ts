import { expect } from "vitest";
import type { Suite } from "../suite.ts";

export function execCases(suite: Suite): void {
  suite.it("a command gives its output and its exit code", async () => {
    const box = await suite.box();
    const run = await box.exec.command("echo hello; echo warned >&2");
    expect([run.status, run.exitCode]).toEqual(["completed", 0]);
    expect([run.stdout, run.stderr]).toEqual(["hello\n", "warned\n"]);
    expect(run.result.trim()).toBe("hello");
    expect(run.cost).toMatchObject({ inputTokens: 0, outputTokens: 0, totalUsd: 0 });
  });

  suite.it(
    "the result of a command that fails is its standard error, else its output",
    async () => {
      const box = await suite.box();
      const run = await box.exec.command("echo out; echo why >&2; exit 3");
      expect([run.status, run.exitCode, run.result.trim()]).toEqual(["failed", 3, "why"]);
      const silent = await box.exec.command("echo out; exit 4");
      expect([silent.exitCode, silent.result.trim()]).toEqual([4, "out"]);
    },
  );

  suite.it("the wire has the exit code, the output and the errors", async () => {
    const box = await suite.box();
    const command = ["sh", "-c", "echo out; echo err >&2; exit 2"];
    expect(await suite.call("POST", `/${box.id}/exec`, { command })).toMatchObject({
      status: 200,
      body: { exit_code: 2, output: "out\n", error: "err\n" },
    });
  });

  suite.it("a script may have several lines, pipes and any characters", async () => {
    const box = await suite.box();
    const run = await box.exec.command("X='grün  ✓'\nprintf '%s\\n' \"$X\" |\n  cat\necho end");
    expect(run.stdout).toBe("grün  ✓\nend\n");
  });

  suite.it("output of megabytes arrives whole", async () => {
    const box = await suite.box();
    const { stdout } = await box.exec.command("head -c 3000000 /dev/zero | tr '\\0' x");
    expect(stdout).toBe("x".repeat(3_000_000));
  });

  suite.it("code runs in JavaScript, TypeScript and Python alike", async () => {
    const box = await suite.box();
    for (const [lang, code] of [
      ["js", "console.log([1, 2].length)"],
      ["ts", "const two: number = 2; console.log(two)"],
      ["python", "print(1 + 1)"],
    ] as const) {
      const run = await box.exec.code({ lang, code, timeout: 30_000 });
      expect([lang, run.status, run.exitCode, run.stdout]).toEqual([lang, "completed", 0, "2\n"]);
    }
  });

  suite.it("code that fails has failed, and so has code whose time is over", async () => {
    const box = await suite.box();
    const failed = await box.exec.code({ lang: "js", code: "throw new Error('no way')" });
    expect(failed).toMatchObject({ status: "failed", exitCode: 1 });
    expect(failed.result).toContain("no way");
    const endless = await box.exec.code({ lang: "js", code: "for (;;) {}", timeout: 300 });
    expect(endless.status).toBe("failed");
  });

  suite.it("ping works for the loopback of a box", async () => {
    const box = await suite.box();
    const { stdout } = await box.exec.command("ping -c 1 -W 5 127.0.0.1");
    expect(stdout).toMatch(/1 (packets )?received/);
  });

  suite.it("servers in a box are reached on its loopback", async () => {
    const box = await suite.box();
    const code = `
      const server = require("node:http").createServer((_, response) => response.end("served"));
      server.listen(0, "127.0.0.1", async () => {
        const { port } = server.address();
        console.log(await (await fetch("http://127.0.0.1:" + port)).text());
        server.close();
      });`;
    expect((await box.exec.code({ lang: "js", code })).stdout).toBe("served\n");
  });

  suite.it("HOME is there and readable: cd ~ and ls ~ work", async () => {
    const box = await suite.box();
    const run = await box.exec.command("cd ~ && pwd && ls ~ >/dev/null && whoami");
    expect(run.stdout).toBe("/home/boxuser\nboxuser\n");
  });

  suite.it("the paths of the documentation under /work are those of the workspace", async () => {
    const box = await suite.box();
    await box.exec.command("cd /work && echo there > a.txt");
    expect(await box.files.read("a.txt")).toBe("there\n");
    expect(await box.files.read("/work/a.txt")).toBe("there\n");
  });

  suite.it("commands have the variables of the box", async () => {
    const box = await suite.box({ env: { GREETING: "good day" } });
    expect((await box.exec.command('echo "$GREETING"')).stdout).toBe("good day\n");
  });

  suite.it("an exec is cancelled after its end without an error", async () => {
    const box = await suite.box();
    const run = await box.exec.command("true");
    await run.cancel();
    expect(run.status).toBe("cancelled");
  });

  suite.it("the result is what was printed, to the last newline", async () => {
    const box = await suite.box();
    expect((await box.exec.command("echo hello")).result).toBe("hello\n");
  }, ["result with the last newline"]);

  suite.it("a run says what kind of run it is", async () => {
    const box = await suite.box();
    expect(await box.exec.command("true")).toHaveProperty("type", "command");
  }, ["the kind of a run"]);

  suite.it("a run of code has output and exit_code", async () => {
    const box = await suite.ourBox();
    const run = await box.exec.code({ lang: "js", code: "console.log('hello')" });
    expect([run.output, run.exit_code]).toEqual(["hello", 0]);
  }, ["code runs with their old names"]);

  suite.it("a command may be a list of arguments that no shell sees", async () => {
    const box = await suite.ourBox();
    expect((await box.exec.command(["printf", "%s", "$HOME; *"])).stdout).toBe("$HOME; *");
  }, ["commands as arguments"]);

  suite.it("a session talks to a program until it ends", async () => {
    const box = await suite.ourBox();
    await using session = await box.exec.session({ argv: ["sort"] });
    session.write("banana\napple\n");
    session.endStdin();
    let said = "";
    for await (const chunk of session) if (chunk.type !== "exit") said += chunk.data;
    expect([said, await session.wait()]).toEqual(["apple\nbanana\n", 0]);
  }, ["sessions"]);

  suite.it("an abort signal ends the call and the command", async () => {
    const box = await suite.ourBox();
    const controller = new AbortController();
    const run = box.exec.command("touch begun; sleep 1000", { signal: controller.signal });
    run.catch(() => {});
    const begun = async () => (await box.exec.command("test -e begun")).exitCode;
    await expect.poll(begun).toBe(0);
    controller.abort();
    await expect(run).rejects.toMatchObject({ code: "aborted" });
    const left = async () => (await box.exec.command("pgrep -x sleep")).stdout;
    await expect.poll(left).toBe("");
  }, ["abort signals"]);
}
