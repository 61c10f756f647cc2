import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Agent, Box } from "../../src/box/index.ts";
import { agentScript } from "../support/agent-script.ts";
import { type TestEngine, testEngine } from "../support/test-engine.ts";

let host: TestEngine;
beforeAll(async () => {
  host = await testEngine();
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  expect(host.errors).toEqual([]);
});

describe("labels", () => {
  it("are added, listed and removed, and say so when they were or were not there", async () => {
    await using box = await host.box({ labels: ["one"] });
    expect(await box.labels.add("team:web")).toEqual(["one", "team:web"]);
    await expect(box.labels.add("team:web")).rejects.toMatchObject({
      code: "conflict",
      statusCode: 409,
      requestId: expect.any(String),
      message: expect.stringContaining("Label already added"),
    });
    expect(await box.labels.list()).toEqual(["one", "team:web"]);
    expect(await Box.list({ ...host.connection, label: "team:web" })).toHaveLength(1);
    expect(await box.labels.remove("team:web")).toEqual(["one"]);
    await expect(box.labels.remove("team:web")).rejects.toMatchObject({ code: "not_found" });
    await expect(box.labels.add("two words")).rejects.toMatchObject({ code: "bad_request" });
  });

  it.each(["", ".", "..", "\ud800"])(
    "are not removed by %j, which leads elsewhere",
    async (name) => {
      await using box = await host.box();
      const refused = { code: "invalid_argument" };
      await expect(box.labels.remove(name)).rejects.toMatchObject(refused);
      await expect(box.schedule.delete(name)).rejects.toMatchObject(refused);
      await expect(box.skills.remove(`owner/${name}/skill`)).rejects.toMatchObject(refused);
      await expect(Box.get(name, host.connection)).rejects.toMatchObject(refused);
      await expect(Box.deleteEnv(name, host.connection)).rejects.toMatchObject(refused);
      expect(await box.getStatus()).toEqual({ status: "idle" });
    },
  );
});

describe("skills", () => {
  it("are added, listed and removed", async () => {
    await using box = await host.box({ skills: ["owner/repo/one"] });
    await box.skills.add("owner/repo/two");
    expect(await box.skills.list()).toEqual(["owner/repo/one", "owner/repo/two"]);
    await box.skills.remove("owner/repo/one");
    expect(await box.skills.list()).toEqual(["owner/repo/two"]);
    await expect(box.skills.remove("owner/repo/one")).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("the agent's configuration", () => {
  it("shows the model that is set, at once and in a box that is taken up", async () => {
    const agent = { harness: Agent.ClaudeCode, model: "anthropic/claude-sonnet-4-5" };
    await using box = await host.box({ agent });
    expect(box.modelConfig).toEqual({ ...agent, provider: "claude-code", runner: "claude-code" });
    await box.configureModel("a-model-of-tomorrow");
    expect(box.modelConfig.model).toBe("a-model-of-tomorrow");
    const again = await Box.get(box.id, host.connection);
    expect(again.modelConfig).toEqual(box.modelConfig);
  });

  it("shows the agent that a model brings to a box without one", async () => {
    await using box = await host.box();
    await box.configureModel("openai/gpt-5.4");
    expect(box.modelConfig).toMatchObject({ harness: "codex", model: "openai/gpt-5.4" });
  });

  it("lets a program of one's own take the agent's place", async () => {
    await using box = await host.box({ agent: { harness: Agent.Codex, model: "openai/gpt-5.4" } });
    await box.files.write({ path: "mine.sh", content: agentScript({ greet: "say hello" }) });
    await box.configureCustomHarness({ command: "sh", args: ["/workspace/home/mine.sh"] });
    expect(box.modelConfig).toMatchObject({ harness: "custom", model: "custom" });
    expect((await Box.get(box.id, host.connection)).modelConfig).toEqual(box.modelConfig);
    expect((await box.agent.run({ prompt: "greet me" })).result).toBe("Did greet");
  });
});

describe("settings that JSON cannot hold", () => {
  it("are refused before anything is sent", async () => {
    await using box = await host.box();
    const options = { maxTurns: 1n };
    const call = box.schedule.agent({ cron: "0 9 * * *", prompt: "x", options });
    await expect(call).rejects.toMatchObject({
      code: "invalid_argument",
      cause: expect.any(TypeError),
    });
  });
});

describe("the network policy", () => {
  it("is allow-all unless said otherwise, and changes at once", async () => {
    await using box = await host.box({ networkPolicy: { mode: "deny-all" } });
    expect(box.networkPolicy).toEqual({ mode: "deny-all" });
    await box.updateNetworkPolicy({ mode: "allow-all" });
    expect(box.networkPolicy).toEqual({ mode: "allow-all" });
    expect((await Box.get(box.id, host.connection)).networkPolicy).toEqual({ mode: "allow-all" });
    const call = box.updateNetworkPolicy({ mode: "custom", allowedDomains: ["*.example.com"] });
    await expect(call).rejects.toMatchObject({ statusCode: 501 });
    expect(box.networkPolicy).toEqual({ mode: "allow-all" });
  });
});

describe("variables of the account", () => {
  it("reach every box, are masked when listed, and can be replaced at once", async () => {
    const { connection } = host;
    await Box.setAllEnv({ ONE: "first-value", TWO: "second-value" }, connection);
    await Box.setEnv("THREE", "third-value", connection);
    await Box.deleteEnv("ONE", connection);
    const listed = await Box.listEnv(connection);
    expect(Object.keys(listed).sort()).toEqual(["THREE", "TWO"]);
    expect(JSON.stringify(listed)).not.toContain("value");
    await using box = await host.box({ env: { TWO: "own" } });
    expect((await box.exec.command('echo "$ONE,$TWO,$THREE"')).result).toBe(",own,third-value");
    await Box.setAllEnv({}, connection);
    expect(await Box.listEnv(connection)).toEqual({});
    await expect(Box.setEnv("PATH", "/tmp", connection)).rejects.toMatchObject({
      code: "bad_request",
    });
  });
});
