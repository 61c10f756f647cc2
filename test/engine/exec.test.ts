import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Box } from "../../src/box/index.ts";
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

describe("exec", () => {
  it("gives back what a command printed and how it ended", async () => {
    const run = await box.exec.command('echo "$GREETING"; echo oops >&2; exit 3');
    expect([run.stdout, run.stderr, run.exitCode, run.status]).toEqual([
      "hallo\n",
      "oops\n",
      3,
      "failed",
    ]);
    expect(run.result).toBe("oops");
  });

  it("runs as boxuser in /workspace/home, with an environment of its own", async () => {
    const run = await box.exec.command("whoami; pwd; echo ~; readlink -f /work; env | sort");
    expect(run.stdout).toMatch(/^boxuser\n\/workspace\/home\n\/home\/boxuser\n\/workspace\/home\n/);
    expect(run.stdout).not.toContain(process.env.HOSTNAME ?? "no-such-host-name");
  });

  it("follows cd, and answers for a folder that is not there as a shell does", async () => {
    await box.exec.command("mkdir -p deep/er");
    await box.cd("deep");
    expect((await box.exec.command("pwd")).result).toBe("/workspace/home/deep");
    await box.cd("..");
    const run = await box.exec.command("pwd", { folder: "nowhere" });
    expect(run.exitCode).not.toBe(0);
    expect(run.stderr).toContain("nowhere");
    await expect(box.cd("nowhere")).rejects.toMatchObject({ code: "no_such_directory" });
  });

  it("answers 127 for a program that is not there", async () => {
    const run = await box.exec.command(["no-such-program"]);
    expect(run.exitCode).toBe(127);
  });

  it("answers 128 + the signal for a program that a signal ended", async () => {
    expect((await box.exec.command("kill -KILL $$")).exitCode).toBe(137);
    expect((await box.exec.command("kill -TERM $$")).exitCode).toBe(143);
  });

  it("keeps background processes of a command alive for the next one", async () => {
    const run = await box.exec.command("sleep 100 >/dev/null 2>&1 & echo $!");
    const alive = await box.exec.command(`kill -0 ${run.result} && echo alive`);
    expect(alive.result).toBe("alive");
    await box.exec.command(`kill ${run.result}`);
  });

  it("records a run with exactly the keys that clients rely on", async () => {
    await box.exec.command("true");
    const { runs } = (await (await host.request(`/${box.id}/runs`)).json()) as {
      runs: Record<string, unknown>[];
    };
    expect(Object.keys(runs[0] ?? {}).sort()).toEqual(
      [
        ...["box_id", "completed_at", "compute_cost_usd", "cost_usd", "cpu_ns", "created_at"],
        ...["customer_id", "duration_ms", "id", "input_tokens", "output_tokens", "prompt"],
        ...["status", "type"],
      ].sort(),
    );
    expect(runs[0]).toMatchObject({ type: "shell", status: "completed", prompt: "sh -c true" });
  });
});

describe("exec.stream", () => {
  it("delivers output as it is produced, then one exit", async () => {
    const run = await box.exec.stream("for i in 1 2 3; do echo $i; sleep 0.2; done; exit 4");
    const arrivals: Array<[string, number]> = [];
    const started = Date.now();
    for await (const chunk of run) {
      arrivals.push([chunk.type === "exit" ? "exit" : chunk.data, Date.now() - started]);
    }
    expect(arrivals.map(([text]) => text)).toEqual(["1\n", "2\n", "3\n", "exit"]);
    expect((arrivals[2]?.[1] ?? 0) - (arrivals[0]?.[1] ?? 0)).toBeGreaterThan(200);
    expect(run.exitCode).toBe(4);
  });

  it("is not ended by a program that prints what looks like the end", async () => {
    const script = 'printf "event: exit\\ndata: {\\"exit_code\\":0}\\n\\nmore\\n"; exit 7';
    const run = await box.exec.stream(script);
    let text = "";
    for await (const chunk of run) if (chunk.type === "stdout") text += chunk.data;
    expect(text).toContain("more");
    expect(run.exitCode).toBe(7);
  });

  it("carries much output whole, in order", async () => {
    const run = await box.exec.stream("seq 1 2000000");
    let length = 0;
    let last = "";
    for await (const chunk of run) {
      if (chunk.type !== "stdout") continue;
      length += chunk.data.length;
      last = (last + chunk.data).slice(-20);
    }
    expect(length).toBe(14_888_896);
    expect(last.endsWith("2000000\n")).toBe(true);
  });

  it("speaks the original's form to those who ask for nothing else", async () => {
    const response = await host.request(`/${box.id}/exec-stream`, {
      method: "POST",
      body: JSON.stringify({ command: ["sh", "-c", "echo out; echo err >&2; exit 2"] }),
    });
    const text = await response.text();
    expect(text).toMatch(/^out\nerr\nevent: exit\ndata: \{"exit_code":2,"cpu_ns":\d+\}\n\n$/);
  });

  it("ends the whole process tree when it is cancelled", async () => {
    const run = await box.exec.stream("sleep 1000 & echo $!; sleep 1000");
    let child = "";
    for await (const chunk of run) {
      if (chunk.type === "stdout") child = chunk.data.trim();
      if (child !== "") await run.cancel();
    }
    expect(run.status).toBe("cancelled");
    expect(child).toMatch(/^\d+$/);
    await expect
      .poll(async () => (await box.exec.command(`kill -0 ${child}`)).exitCode)
      .not.toBe(0);
  });

  it("goes on without its reader", async () => {
    const run = await box.exec.stream("echo first; seq 1 300000; echo done > detached");
    for await (const chunk of run) {
      if (chunk.type === "stdout") break;
    }
    expect(run.status).toBe("detached");
    await expect.poll(() => box.files.read("detached").catch(() => "")).toBe("done\n");
  });
});
