import type { LogEntry } from "@upstash/box";
import { expect } from "vitest";
import type { Suite } from "../suite.ts";

const SHELL_RUN = {
  id: expect.any(String),
  box_id: expect.any(String),
  customer_id: expect.any(String),
  type: "shell",
  status: "completed",
  prompt: "sh -c echo hello",
  input_tokens: 0,
  output_tokens: 0,
  cpu_ns: expect.any(Number),
  cost_usd: expect.any(Number),
  compute_cost_usd: expect.any(Number),
  duration_ms: expect.any(Number),
  created_at: expect.any(Number),
  completed_at: expect.any(Number),
};

export function recordCases(suite: Suite): void {
  suite.it("after an exec the newest run has exactly the keys of the contract", async () => {
    const box = await suite.box();
    await box.exec.command("echo before");
    await box.exec.command("echo hello");
    const [newest, before] = await box.listRuns();
    expect(newest).toEqual({ ...SHELL_RUN, box_id: box.id });
    expect(before).toMatchObject({ prompt: "sh -c echo before" });
    expect(Object.keys(newest ?? {}).sort()).toEqual(Object.keys(SHELL_RUN).sort());
  });

  suite.it("a command that fails is recorded as failed", async () => {
    const box = await suite.box();
    await box.exec.command("exit 3");
    expect((await box.listRuns())[0]).toMatchObject({ type: "shell", status: "failed" });
  });

  suite.it("log entries have exactly timestamp, level, source and message", async () => {
    const box = await suite.box();
    await box.exec.command("echo said");
    const { body } = await suite.call<{ logs: LogEntry[] }>("GET", `/${box.id}/logs`);
    expect(body.logs.length).toBeGreaterThan(0);
    for (const entry of body.logs) {
      expect(entry).toEqual({
        timestamp: expect.any(Number),
        level: expect.stringMatching(/^(info|warn|error)$/),
        source: expect.stringMatching(/^(system|agent|user)$/),
        message: expect.any(String),
      });
      expect(Math.abs(entry.timestamp - Date.now() / 1000)).toBeLessThan(300);
    }
    expect(await box.logs()).toEqual(body.logs);
    expect(await box.logs({ offset: 1, limit: 1 })).toEqual(body.logs.slice(1, 2));
  });

  suite.it("a run's log has exactly timestamp, level and message, since its start", async () => {
    const box = await suite.box();
    const run = await box.exec.command("echo said");
    const entries = await run.logs();
    expect(entries.map(({ message }) => message)).toContain("said");
    for (const entry of entries) {
      expect(Object.keys(entry).sort()).toEqual(["level", "message", "timestamp"]);
      expect(new Date(entry.timestamp).toISOString()).toBe(entry.timestamp);
    }
  });

  suite.it("a new box has no runs", async () => {
    const box = await suite.box();
    expect(await box.listRuns()).toEqual([]);
  });
}
