import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startModel } from "../../dev/model/index.ts";
import { codex } from "../../src/engine/harness/codex.ts";
import { HarnessPrograms } from "../../src/engine/harness/install/harness-programs.ts";
import { runCli } from "../support/run-cli.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { testEngine } from "../support/test-engine.ts";
import { mayRun, PROGRAMS, REAL_KEY } from "./support/agent-world.ts";

const install = (data: string) => ["engine", "harness", "install", "codex", "--data", data];

describe.skipIf(!(await mayRun(PROGRAMS[1])))("installing a harness", () => {
  it("is done once for all who come at the same time, in all processes", async () => {
    await using folder = await temporaryFolder();
    const programs = new HarnessPrograms(join(folder.path, "harnesses"));
    const said: string[] = [];
    await using other = runCli(install(folder.path), {
      ...(process.env as Record<string, string>),
    });
    await Promise.all([
      programs.ensure(codex, (message) => said.push(message)),
      programs.ensure(codex, (message) => said.push(message)),
    ]);
    expect((await other.exit()).code).toBe(0);
    const all = `${said.join("\n")}\n${other.stderr()}`;
    expect(all.match(/Installing codex/g)).toHaveLength(1);
    const entries = await readdir(programs.folder);
    expect(entries.filter((name) => !name.endsWith(".lock"))).toEqual([
      `codex-${codex.package?.version}`,
    ]);
  });

  it("that was killed half-way is begun again, and nothing of the first is left", async () => {
    await using folder = await temporaryFolder();
    const harnesses = join(folder.path, "harnesses");
    await using killed = runCli(install(folder.path), {
      ...(process.env as Record<string, string>),
    });
    await expect
      .poll(() => readdir(harnesses).catch(() => []), { timeout: 20_000, interval: 20 })
      .toContainEqual(expect.stringContaining("installing"));
    killed.child.kill("SIGKILL");
    await killed.exit();
    const programs = new HarnessPrograms(harnesses);
    expect(await programs.list()).toContainEqual(
      expect.objectContaining({ harness: "codex", installed: false }),
    );
    await programs.ensure(codex, () => undefined);
    expect((await readdir(harnesses)).filter((name) => !name.endsWith(".lock"))).toHaveLength(1);
  });

  it("goes on for others when one who waited for it goes away", async () => {
    await using folder = await temporaryFolder();
    const programs = new HarnessPrograms(join(folder.path, "harnesses"));
    const left = new AbortController();
    const waiting = programs.ensure(codex, () => left.abort(new Error("cancelled")), left.signal);
    await expect(waiting).rejects.toThrow("cancelled");
    expect(await programs.list()).toContainEqual(
      expect.objectContaining({ harness: "codex", installed: false }),
    );
    await programs.ensure(codex, () => undefined);
    expect(await programs.list()).toContainEqual(
      expect.objectContaining({ harness: "codex", installed: true }),
    );
  });

  it("happens when a box first needs it, which its log tells; a box that runs already sees it", async () => {
    const model = await startModel();
    await using host = await testEngine({
      modelVariables: { OPENAI_API_KEY: REAL_KEY, OPENAI_BASE_URL: model.url },
    });
    const box = await host.box({
      agent: { harness: "codex", model: "openai/gpt-5.5" },
      networkPolicy: { mode: "deny-all" },
    });
    expect((await box.agent.run({ prompt: "x" })).result).toBe("Done");
    const log = (await box.logs()).map(({ message }) => message);
    expect(log[0]).toMatch(/^Installing codex [\d.]+ from npm; this is done once\.$/);
    expect((await box.exec.command("touch /opt/harnesses/x")).exitCode).not.toBe(0);
    await model.close();
  });
});
