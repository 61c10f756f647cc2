import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HarnessOptions } from "../../src/box/index.ts";
import {
  type AgentWorld,
  agentWorld,
  mayRun,
  PROGRAMS,
  type Program,
} from "./support/agent-world.ts";

const [claudeCode, codex, openCode] = PROGRAMS;

let world: AgentWorld;
beforeAll(async () => {
  world = await agentWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

/** What the model is asked in a run with these options. */
async function asked(program: Program, options: HarnessOptions, model: string = program.model) {
  const box = await world.box(program, { agent: { harness: program.harness, model } });
  world.model.play({ turns: [{ text: "Done" }] });
  await box.agent.run({ prompt: "x", options });
  return world.model.requests.at(-1)?.body ?? {};
}

const names = (tools: unknown) => (tools as Array<{ name: string }>).map(({ name }) => name);

describe.skipIf(!(await mayRun(claudeCode)))("options of Claude Code", () => {
  it("say how hard it thinks", async () => {
    const body = await asked(claudeCode, { effort: "high" }, "anthropic/claude-opus-4-5");
    expect(body.output_config).toMatchObject({ effort: "high" });
    const thinking = await asked(claudeCode, { thinking: { type: "enabled", budgetTokens: 2048 } });
    expect(thinking.thinking).toMatchObject({ type: "enabled", budget_tokens: 2048 });
    const none = await asked(claudeCode, { thinking: { type: "disabled" } });
    expect(JSON.stringify(none.thinking ?? "disabled")).toContain("disabled");
  });

  it("take tools away, and name agents", async () => {
    const agents = { reviewer: { description: "Reviews CANARY code", prompt: "Review" } };
    const body = await asked(claudeCode, { disallowedTools: ["WebFetch", "Write"], agents });
    expect(names(body.tools)).toContain("Edit");
    expect(names(body.tools)).not.toContain("Write");
    expect(JSON.stringify(body)).toContain("Reviews CANARY code");
  });

  it("replace its instructions, or add to them", async () => {
    const instead = await asked(claudeCode, { systemPrompt: "You are a CANARY." });
    expect(JSON.stringify(instead.system)).toContain("You are a CANARY.");
    const added = await asked(claudeCode, {
      systemPrompt: { type: "preset", preset: "claude_code", append: "Be a CANARY." },
    });
    const system = JSON.stringify(added.system);
    expect(system).toContain("Be a CANARY.");
    expect(system.length).toBeGreaterThan(JSON.stringify(instead.system).length + 1_000);
  });

  it("bound its turns", async () => {
    const box = await world.box(claudeCode);
    world.model.play({ turns: [{ tools: [{ tool: "shell", command: "true" }] }] });
    await expect(box.agent.run({ prompt: "x", options: { maxTurns: 2 } })).rejects.toThrow(
      /maximum number of turns \(2\).*raise maxTurns/,
    );
  });
});

describe.skipIf(!(await mayRun(codex)))("options of Codex", () => {
  it("say how hard it thinks, how it talks and whether it looks around", async () => {
    const body = await asked(codex, {
      modelReasoningEffort: "high",
      modelReasoningSummary: "detailed",
      personality: "pragmatic",
      webSearch: false,
    });
    expect(body.reasoning).toMatchObject({ effort: "high", summary: "detailed" });
    expect(JSON.stringify(body.tools)).not.toContain("web_search");
    const live = await asked(codex, { webSearch: "live" });
    expect(JSON.stringify(live.tools)).toContain('"type":"web_search"');
  });
});

describe.skipIf(!(await mayRun(openCode)))("options of OpenCode", () => {
  it("say how hard it thinks", async () => {
    const effort = await asked(openCode, { reasoningEffort: "high" }, "openai/gpt-5.5");
    expect(effort.reasoning).toMatchObject({ effort: "high" });
    const thinking = await asked(openCode, { thinking: { type: "enabled", budgetTokens: 4096 } });
    expect(thinking.thinking).toMatchObject({ type: "enabled", budget_tokens: 4096 });
  });

  it("work in the format that the provider is best at", async () => {
    await asked(openCode, {}, "openai/gpt-5.5");
    expect(world.model.requests.at(-1)?.path).toBe("/v1/responses");
    await asked(openCode, {});
    expect(world.model.requests.at(-1)?.path).toMatch(/^\/v1\/messages/);
  });
});

describe("options that cannot be", () => {
  it.each([
    [claudeCode, { effort: "enormous" }, /agent_options.effort: Invalid option/],
    [claudeCode, { maxTurns: 0 }, /agent_options.maxTurns/],
    [
      codex,
      { effort: "high" },
      /agent_options.effort: codex has no such option; it has model_reasoning_effort/,
    ],
    [codex, { maxBudgetUsd: -1 }, /agent_options.maxBudgetUsd/],
    [openCode, { thinking: { type: "enabled" } }, /agent_options.thinking/],
  ] as const)("%j are refused by name: %j", async (program, options, reason) => {
    const box = await world.box(program);
    await expect(box.agent.run({ prompt: "x", options })).rejects.toThrow(reason);
  });

  it("are those of a budget for a model without a price", async () => {
    const box = await world.box(codex, { agent: { harness: "codex", model: "openai/gpt-99" } });
    await expect(box.agent.run({ prompt: "x", options: { maxBudgetUsd: 1 } })).rejects.toThrow(
      /price of gpt-99 is not known/,
    );
  });

  it("are keys that a box has brought for another provider than its model's", async () => {
    const apiKey = "a-key-for-anthropic-alone";
    const agent = { harness: "opencode", model: "anthropic/claude-sonnet-4-5", apiKey };
    const box = await world.box(openCode, { agent });
    await box.configureModel("openrouter/anthropic/claude-sonnet-4.5");
    await expect(box.agent.run({ prompt: "x" })).rejects.toThrow(/There is no key for openrouter/);
  });

  it("are models that nobody is known for, or whose provider does not speak to the program", async () => {
    const run = async (program: Program, model: string) => {
      const box = await world.box(program, { agent: { harness: program.harness, model } });
      return box.agent.run({ prompt: "x" });
    };
    await expect(run(codex, "nobody/m")).rejects.toThrow(
      /Nobody is known to answer for models of nobody/,
    );
    await expect(run(codex, "anthropic/claude-opus-4-5")).rejects.toThrow(
      /codex cannot ask anthropic/,
    );
    await expect(run(claudeCode, "openai/gpt-5.5")).rejects.toThrow(
      /claude-code cannot ask openai/,
    );
    await expect(run(claudeCode, "openrouter/x")).rejects.toThrow(/There is no key for openrouter/);
    await expect(run(claudeCode, "mystery")).rejects.toThrow(/does not say whose it is/);
  });
});
