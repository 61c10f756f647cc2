import * as official from "@upstash/box";
import { describe, expect, it } from "vitest";
import * as ours from "../../src/box/index.ts";

describe("the names of agents, keys and models", () => {
  it("are those of the original SDK", () => {
    expect(ours.Agent).toEqual(official.Agent);
    expect(ours.BoxApiKey).toEqual(official.BoxApiKey);
    expect(ours.ClaudeCode).toEqual(official.ClaudeCode);
    expect(ours.OpenAICodex).toEqual(official.OpenAICodex);
    expect(ours.OpenRouterModel).toEqual(official.OpenRouterModel);
    expect(ours.VercelModel).toEqual(official.VercelModel);
    expect(ours.OpenCodeModel).toEqual(official.OpenCodeModel);
    expect(ours.CursorModel).toEqual(official.CursorModel);
  });

  it.each([
    "anthropic/claude-opus-4-7",
    "openai/gpt-5.4",
    "opencode/o3",
    "cursor/default",
    "vercel/openai/gpt-5.5",
    "vercel/anthropic/claude-opus-4.7",
    "openrouter/openai/o3",
    "claude/opus_4_6",
    "anything",
    "",
  ])("lead from %s to the agent that the original infers", (model) => {
    expect(ours.inferDefaultProvider(model)).toBe(official.inferDefaultProvider(model));
    expect(ours.inferDefaultRunner(model)).toBe(official.inferDefaultRunner(model));
  });
});
