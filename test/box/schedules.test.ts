import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Agent, Box } from "../../src/box/index.ts";
import { manualCron } from "../support/manual-cron.ts";
import { type TestEngine, testEngine } from "../support/test-engine.ts";
import { BOX, startPeer } from "./peer.ts";

const cron = manualCron();
let host: TestEngine;
beforeAll(async () => {
  host = await testEngine({ startCron: cron.startCron });
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  expect(host.errors).toEqual([]);
});

describe("box.schedule", () => {
  it("runs a command in the folder that the box was in", async () => {
    await using box = await host.box();
    await box.exec.command("mkdir jobs");
    await box.cd("jobs");
    const command = ["sh", "-c", "echo done >> log"];
    const schedule = await box.schedule.exec({ cron: "*/5 * * * *", command });
    expect(schedule).toMatchObject({ box_id: box.id, type: "exec", cron: "*/5 * * * *", command });
    expect(schedule.folder).toBe("/workspace/home/jobs");
    cron.fire("*/5 * * * *");
    await expect.poll(async () => (await box.schedule.get(schedule.id)).total_runs).toBe(1);
    expect(await box.files.read("log")).toBe("done\n");
    expect((await box.schedule.get(schedule.id)).last_run_status).toBe("completed");
  });

  it("is read back as it was answered, changed, paused, resumed and deleted", async () => {
    await using box = await host.box();
    const schedule = await box.schedule.exec({
      cron: "0 9 * * 1-5",
      command: ["date"],
      folder: "reports",
      timeout: 60_000,
      webhookUrl: "https://example.com/hook",
      webhookHeaders: { "x-team": "web" },
    });
    expect(await box.schedule.get(schedule.id)).toEqual(schedule);
    expect(await box.schedule.list()).toEqual([schedule]);
    const changed = await box.schedule.update(schedule.id, { cron: "0 10 * * *", webhookUrl: "" });
    expect(changed).toMatchObject({ cron: "0 10 * * *", command: ["date"], timeout: 60_000 });
    expect(changed.folder).toBe("/workspace/home/reports");
    expect(changed).not.toHaveProperty("webhook_url");
    await box.schedule.pause(schedule.id);
    expect((await box.schedule.get(schedule.id)).status).toBe("paused");
    await box.schedule.resume(schedule.id);
    expect((await box.schedule.get(schedule.id)).status).toBe("active");
    await box.schedule.delete(schedule.id);
    expect(await box.schedule.list()).toEqual([]);
    await expect(box.schedule.get(schedule.id)).rejects.toMatchObject({ code: "not_found" });
  });

  it("gives the agent a prompt, with its options", async () => {
    await using box = await host.box({ agent: { harness: Agent.ClaudeCode, model: "m" } });
    const schedule = await box.schedule.agent({
      cron: "0 9 * * *",
      prompt: "Run the test suite and fix any failures",
      timeout: 300_000,
      options: { maxBudgetUsd: 1, effort: "high" },
    });
    expect(schedule).toMatchObject({
      type: "prompt",
      prompt: "Run the test suite and fix any failures",
      timeout: 300_000,
      agent_options: { maxBudgetUsd: 1, effort: "high" },
    });
    const cleared = await box.schedule.update(schedule.id, { options: null, timeout: 0 });
    expect(cleared).not.toHaveProperty("agent_options");
    expect(cleared).not.toHaveProperty("timeout");
  });

  it("says what is wrong with a cron line", async () => {
    await using box = await host.box();
    const call = box.schedule.exec({ cron: "every day", command: ["true"] });
    await expect(call).rejects.toMatchObject({ code: "bad_request", statusCode: 400 });
  });

  it("names the settings of Codex as Codex does", async () => {
    await using peer = await startPeer(() => ({ ...BOX, agent: "codex" }));
    const box = await Box.get("box-1", peer.connection);
    const options = { modelReasoningEffort: "high" };
    await box.schedule.agent({ cron: "0 9 * * *", prompt: "x", options });
    expect(peer.requests.at(-1)?.body).toMatchObject({
      agent_options: { model_reasoning_effort: "high" },
    });
  });
});
