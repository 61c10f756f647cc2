import { harnessFolder, isHarnessInstalled } from "../../../dev/harness-folder.ts";
import { type ScriptedModel, startModel } from "../../../dev/model/index.ts";
import type { Box, CreateBoxOptions } from "../../../src/box/index.ts";
import type { EngineOptions } from "../../../src/engine/engine.ts";
import { type TestEngine, testEngine } from "../../support/test-engine.ts";

/** What the provider knows the engine by; nothing in a box may know it. */
export const REAL_KEY = "the-key-that-no-box-may-know";

/** The real programs, each with a model whose price is known. */
export const PROGRAMS = [
  { harness: "claude-code", model: "anthropic/claude-sonnet-4-5" },
  { harness: "codex", model: "openai/gpt-5.5" },
  { harness: "opencode", model: "anthropic/claude-sonnet-4-5" },
] as const;
export type Program = (typeof PROGRAMS)[number];

/** Where they are installed, on CI, and for `npm run test:harness`, which install them. */
export async function mayRun({ harness }: Program): Promise<boolean> {
  const { CI, BOX_TEST_HARNESS } = process.env;
  return Boolean(CI || BOX_TEST_HARNESS) || isHarnessInstalled(harness);
}

/** An engine whose providers are a scripted model, and boxes that reach nothing. */
export async function agentWorld(options: Partial<EngineOptions> = {}): Promise<AgentWorld> {
  const model = await startModel();
  const host = await testEngine({
    harnesses: harnessFolder(),
    modelVariables: {
      ANTHROPIC_API_KEY: REAL_KEY,
      ANTHROPIC_BASE_URL: model.url,
      OPENAI_API_KEY: REAL_KEY,
      OPENAI_BASE_URL: model.url,
    },
    ...options,
  });
  return {
    model,
    host,
    box: (program, options = {}) =>
      host.box({
        agent: { harness: program.harness, model: program.model },
        networkPolicy: { mode: "deny-all" },
        ...options,
      }),
    async [Symbol.asyncDispose]() {
      await host[Symbol.asyncDispose]();
      await model.close();
    },
  };
}

export interface AgentWorld extends AsyncDisposable {
  model: ScriptedModel;
  host: TestEngine;
  box(program: Program, options?: CreateBoxOptions): Promise<Box>;
}
