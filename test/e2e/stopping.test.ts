import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, it, vi } from "vitest";
import { appProcesses } from "../support/app-process.ts";
import { alive, descendants } from "../support/descendants.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { testGitHub } from "../support/test-github.ts";

/** Orchestrators kill ten seconds after they asked. */
const PATIENCE_MS = 10_000;
/** Within this a job goes on that a process has left. */
const TAKE_UP_MS = 10_000;
const POLL = { timeout: 20_000, interval: 50 };

const SCENARIOS = {
  forever: "echo half > half.txt; say 'I begin.'; sleep 600 & wait",
  "a little": "say 'I begin.'; sleep 7; echo done > done.txt",
};

/** `box-action serve` with a job in the middle of its work. */
async function busyApp(task = "forever", env: Record<string, string> = {}) {
  const folder = await temporaryFolder();
  const host = await testGitHub();
  const processes = await appProcesses(host, folder.path, SCENARIOS);
  const app = await processes.start(env);
  const repository = await host.repository();
  const number = await host.pullRequest(repository);
  const say = (body: string) => repository.comment(number, { author: host.maintainer, body });
  await say(`/box work ${task}`);
  const comment = () => repository.comments(number)[1]?.body ?? "";
  await vi.waitUntil(() => comment().includes("▶ Work"), POLL);
  await vi.waitUntil(() => sleeps(app.cli.child.pid ?? 0), POLL);
  return {
    ...host,
    ...app,
    processes,
    say,
    comment,
    comments: () => repository.comments(number),
    branches: () => repository.branches(),
    boxes: () => readdir(join(folder.path, "data", "engine", "boxes")),
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]();
      await host.github.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** Whether the agent has come to its long sleep: bwrap, boxd, sh and sleep run, and Postgres beside. */
async function sleeps(pid: number): Promise<boolean> {
  return (await descendants(pid, "sleep")).length > 0;
}

// Five Apps, each with a Postgres of its own, start at the same time.
describe.concurrent("an App that is stopped by SIGTERM in the middle of a job", {
  timeout: 120_000,
}, () => {
  it("says so in the comment, keeps nothing running, and the next App goes on with it", async ({
    expect,
  }) => {
    await using app = await busyApp();
    const before = await app.branches();
    const processes = await descendants(app.cli.child.pid ?? 0);
    const asked = performance.now();
    app.cli.child.kill("SIGTERM");
    expect(await app.cli.exit()).toEqual({ code: 0, signal: null });
    expect(performance.now() - asked).toBeLessThan(PATIENCE_MS);
    expect(app.comment()).toContain("Paused, and goes on by itself");
    expect(app.comment()).toContain("The App was stopped (SIGTERM).");
    await expect.poll(() => alive(processes)).toEqual([]);

    await using next = await app.processes.start();
    await expect.poll(app.comment, { timeout: TAKE_UP_MS }).toContain("attempt 2");
    await expect.poll(app.comment, POLL).toContain("▶ Work");
    await app.say("/box cancel");
    await expect.poll(app.comment, POLL).toContain("Cancelled");
    expect(app.comment()).toContain(`\`${app.maintainer}\` cancelled it.`);
    expect(app.comments()).toHaveLength(3);
    expect(await app.branches()).toEqual(before);
    await expect.poll(app.boxes, POLL).toHaveLength(SPARE);
    next.cli.child.kill("SIGTERM");
    expect(await next.cli.exit()).toEqual({ code: 0, signal: null });
    expect(app.github.contractViolations).toEqual([]);
  });

  it("waits for a job that ends within the grace time, and is not ready meanwhile", async ({
    expect,
  }) => {
    await using app = await busyApp("a little", { BOX_ACTION_GRACE_SECONDS: "30" });
    const ready = async () => (await fetch(`${app.url}/readyz`)).status;
    expect(await ready()).toBe(200);
    app.cli.child.kill("SIGTERM");
    await expect.poll(ready, { interval: 20 }).toBe(503);
    expect(await app.cli.exit()).toEqual({ code: 0, signal: null });
    expect(app.comment()).toContain("Done, not tested");
    expect(app.comments()).toHaveLength(2);
  });

  it("exits in time also when GitHub is out of order", async ({ expect }) => {
    await using app = await busyApp();
    const processes = await descendants(app.cli.child.pid ?? 0);
    app.github.failNext({ method: "PATCH", path: /comments/, status: 502, times: 100 });
    const asked = performance.now();
    app.cli.child.kill("SIGTERM");
    expect(await app.cli.exit()).toEqual({ code: 0, signal: null });
    expect(performance.now() - asked).toBeLessThan(PATIENCE_MS);
    await expect.poll(() => alive(processes)).toEqual([]);
  });

  it("exits in time also when GitHub is gone", async ({ expect }) => {
    await using app = await busyApp();
    const processes = await descendants(app.cli.child.pid ?? 0);
    await app.github.close();
    const asked = performance.now();
    app.cli.child.kill("SIGTERM");
    expect(await app.cli.exit()).toEqual({ code: 0, signal: null });
    expect(performance.now() - asked).toBeLessThan(PATIENCE_MS);
    await expect.poll(() => alive(processes)).toEqual([]);
  });

  it("exits at once at the second signal", async ({ expect }) => {
    await using app = await busyApp("forever", { BOX_ACTION_GRACE_SECONDS: "60" });
    const processes = await descendants(app.cli.child.pid ?? 0);
    app.cli.child.kill("SIGTERM");
    const ready = async () => (await fetch(`${app.url}/readyz`)).status;
    await expect.poll(ready, { interval: 20 }).toBe(503);
    app.cli.child.kill("SIGTERM");
    expect(await app.cli.exit()).toEqual({ code: 1, signal: null });
    await expect.poll(() => alive(processes)).toEqual([]);
  });
});

/** The engine keeps one sandbox in reserve; its folder is among those of the boxes. */
const SPARE = 1;

describe("an App that is killed in the middle of a job", () => {
  it("leaves it to its successor, who goes on within ten seconds in the same comment", async ({
    expect,
  }) => {
    await using app = await busyApp();
    const processes = await descendants(app.cli.child.pid ?? 0);
    await app.kill();
    await expect.poll(() => alive(processes)).toEqual([]);
    await app.processes.setAgent({ forever: "echo done > done.txt" });
    await using _next = await app.processes.start();
    await expect.poll(app.comment, { timeout: TAKE_UP_MS }).toContain("attempt 2");
    await expect.poll(app.comment, POLL).toContain("Done, not tested");
    expect(app.comments()).toHaveLength(2);
  });
});
