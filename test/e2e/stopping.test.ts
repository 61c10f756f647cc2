import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it, vi } from "vitest";
import { agentScript } from "../support/agent-script.ts";
import { alive, descendants } from "../support/descendants.ts";
import { runCli } from "../support/run-cli.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { testGitHub } from "../support/test-github.ts";

/** Orchestrators kill ten seconds after they asked. */
const PATIENCE_MS = 10_000;

/** `box-action serve` with a job in the middle of its work. */
async function busyApp(env: Record<string, string> = {}) {
  const folder = await temporaryFolder();
  const host = await testGitHub();
  const program = join(folder.path, "agent.sh");
  await writeFile(
    program,
    agentScript({ forever: "echo half > half.txt; say 'I begin.'; sleep 600 & wait" }),
  );
  const cli = runCli(["serve"], {
    APP_ID: String(host.app.appId),
    PRIVATE_KEY: host.app.privateKey.replaceAll("\n", "\\n"),
    WEBHOOK_SECRET: host.app.webhookSecret ?? "",
    PORT: "0",
    GHE_HOST: new URL(host.github.url).host,
    GHE_PROTOCOL: "http",
    BOX_ACTION_DATA: join(folder.path, "data"),
    BOX_HARNESS: "custom",
    BOX_CUSTOM_HARNESS: program,
    LOG_LEVEL: "fatal",
    ...env,
  });
  const { url } = await cli.ready();
  host.github.setWebhook(host.app, `${url}/api/github/webhooks`);
  const repository = await host.repository();
  const number = await host.pullRequest(repository);
  await repository.comment(number, { author: host.maintainer, body: "/box work forever" });
  const comment = () => repository.comments(number)[1]?.body ?? "";
  await vi.waitUntil(() => comment().includes("Work"), { timeout: 20_000 });
  await vi.waitUntil(() => sleeps(cli.child.pid ?? 0), { timeout: 20_000 });
  return {
    ...host,
    cli,
    url,
    comment,
    comments: () => repository.comments(number),
    branches: () => repository.branches(),
    boxes: () => readdir(join(folder.path, "data", "engine", "boxes")),
    async [Symbol.asyncDispose]() {
      await cli[Symbol.asyncDispose]();
      await host.github.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** Whether the agent has come to its long sleep: bwrap, boxd, sh and sleep run. */
async function sleeps(pid: number): Promise<boolean> {
  return (await descendants(pid)).length >= 4;
}

describe.concurrent("an App that is stopped by SIGTERM in the middle of a job", () => {
  it("says so in the comment, keeps nothing running and leaves no box behind", async ({
    expect,
  }) => {
    await using app = await busyApp();
    const before = await app.branches();
    const processes = await descendants(app.cli.child.pid ?? 0);
    const asked = performance.now();
    app.cli.child.kill("SIGTERM");
    expect(await app.cli.exit()).toEqual({ code: 0, signal: null });
    expect(performance.now() - asked).toBeLessThan(PATIENCE_MS);
    expect(app.comment()).toContain("Interrupted");
    expect(app.comment()).toContain("The App was stopped (SIGTERM).");
    expect(app.comment()).toContain("+half");
    expect(app.comments()).toHaveLength(2);
    expect(await app.branches()).toEqual(before);
    await expect.poll(() => alive(processes)).toEqual([]);
    expect(await app.boxes()).toEqual([]);
    expect(app.github.contractViolations).toEqual([]);
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
    await using app = await busyApp();
    const processes = await descendants(app.cli.child.pid ?? 0);
    await app.github.close();
    app.cli.child.kill("SIGTERM");
    await expect.poll(() => fetch(app.url).catch(() => "refused")).toBe("refused");
    app.cli.child.kill("SIGTERM");
    expect(await app.cli.exit()).toEqual({ code: 1, signal: null });
    await expect.poll(() => alive(processes)).toEqual([]);
  });
});
