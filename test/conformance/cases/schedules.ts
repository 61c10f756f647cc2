import { expect } from "vitest";
import type { Suite } from "../suite.ts";

/** Far away, and of this suite only. */
const CRON = "59 23 31 12 *";

export function scheduleCases(suite: Suite): void {
  const command = ["sh", "-c", "echo done >> log"];

  suite.it("a schedule is read back deep-equal to what its creation answered", async () => {
    const box = await suite.box();
    const schedule = await box.schedule.exec({
      cron: CRON,
      command,
      folder: "/workspace/home",
      webhookUrl: "https://example.com/hook",
      webhookHeaders: { "x-team": "web" },
    });
    expect(schedule).toMatchObject({
      ...{ box_id: box.id, type: "exec", cron: CRON, command, status: "active" },
      ...{ folder: "/workspace/home", webhook_url: "https://example.com/hook" },
      ...{ total_runs: 0, total_failures: 0 },
      created_at: expect.any(Number),
      updated_at: expect.any(Number),
    });
    expect(await box.schedule.get(schedule.id)).toEqual(schedule);
    expect(await box.schedule.list()).toEqual([schedule]);
    expect((await suite.call("GET", `/${box.id}/schedules`)).body).toEqual([schedule]);
  });

  suite.it("schedules are paused, resumed and deleted", async () => {
    const box = await suite.box();
    const { id } = await box.schedule.exec({ cron: CRON, command });
    await box.schedule.pause(id);
    expect((await box.schedule.get(id)).status).toBe("paused");
    await box.schedule.resume(id);
    expect((await box.schedule.get(id)).status).toBe("active");
    await box.schedule.delete(id);
    expect(await box.schedule.list()).toEqual([]);
  });

  suite.it("a prompt is scheduled with its options, model and time limit", async () => {
    const box = await suite.box({ agent: { harness: "claude-code", model: "m" } });
    const schedule = await box.schedule.agent({
      ...{ cron: CRON, prompt: "Run the tests", timeout: 300_000 },
      options: { maxBudgetUsd: 1, effort: "high" },
    });
    expect(schedule).toMatchObject({
      ...{ type: "prompt", prompt: "Run the tests", timeout: 300_000 },
      agent_options: { maxBudgetUsd: 1, effort: "high" },
    });
    expect(await box.schedule.get(schedule.id)).toEqual(schedule);
  });

  suite.it("a schedule works in the directory that the box was in", async () => {
    const box = await suite.box();
    await box.exec.command("mkdir jobs");
    await box.cd("jobs");
    const { folder } = await box.schedule.exec({ cron: CRON, command });
    expect(folder).toBe("/workspace/home/jobs");
  });

  suite.it("a cron line that is none is 400, an unknown schedule 404", async () => {
    const box = await suite.box();
    const wrong = box.schedule.exec({ cron: "every day", command });
    await expect(wrong).rejects.toMatchObject({ statusCode: 400 });
    await expect(box.schedule.get("none")).rejects.toMatchObject({ statusCode: 404 });
  });

  suite.it("a schedule that is due runs its command, counts it and shows it in the runs", async () => {
    const box = await suite.box();
    const schedule = await box.schedule.exec({ cron: "1 2 3 4 *", command });
    suite.local.fire("1 2 3 4 *");
    const counted = async () => (await box.schedule.get(schedule.id)).total_runs;
    await expect.poll(counted).toBe(1);
    expect(await box.schedule.get(schedule.id)).toMatchObject({
      ...{ last_run_status: "completed", total_failures: 0, last_run_id: expect.any(String) },
      last_run_at: expect.any(Number),
    });
    expect(await box.files.read("log")).toBe("done\n");
    expect((await box.listRuns())[0]).toMatchObject({
      ...{ type: "shell", status: "completed", schedule_id: schedule.id },
    });
  }, ["making schedules due"]);

  suite.it("a paused schedule does not run; one that is due again while it runs is skipped", async () => {
    const box = await suite.box();
    const wait = ["sh", "-c", "until [ -e stop ]; do sleep 0.05; done"];
    const paused = await box.schedule.exec({ cron: "1 2 3 5 *", command });
    await box.schedule.pause(paused.id);
    suite.local.fire("1 2 3 5 *");
    const { id } = await box.schedule.exec({ cron: "1 2 3 6 *", command: wait });
    suite.local.fire("1 2 3 6 *");
    await expect.poll(async () => (await box.listRuns()).length).toBe(1);
    suite.local.fire("1 2 3 6 *");
    const skipped = async () => (await box.listRuns()).map(({ status }) => status);
    await expect.poll(skipped).toEqual(["skipped", "running"]);
    await box.files.write({ path: "stop", content: "" });
    await expect.poll(skipped).toContain("completed");
    expect((await box.schedule.get(paused.id)).total_runs).toBe(0);
    expect((await box.schedule.get(id)).total_failures).toBe(0);
  }, ["making schedules due"]);

  suite.it("a schedule is changed without being made anew", async () => {
    const box = await suite.ourBox();
    const { id } = await box.schedule.exec({ cron: CRON, command, webhookUrl: "https://e.com/" });
    const changed = await box.schedule.update(id, { cron: "0 10 * * *", webhookUrl: "" });
    expect(changed).toMatchObject({ id, cron: "0 10 * * *", command });
    expect(changed).not.toHaveProperty("webhook_url");
  }, ["changing schedules"]);
}
