import type * as official from "@upstash/box";
import { describe, expectTypeOf, it } from "vitest";
import { z } from "zod";
import {
  type AccountCallOptions,
  Agent,
  type AgentChunk,
  type AgentScheduleOptions,
  Box,
  BoxApiKey,
  type BoxData,
  type BoxErrorCode,
  ClaudeCode,
  type CreateBoxOptions,
  type CreateEphemeralBoxOptions,
  type CustomHarnessHandler,
  type EphemeralBox,
  type ExecChunk,
  type ExecScheduleOptions,
  type FileEntry,
  type GetBoxOptions,
  type ListOptions,
  type LogEntry,
  type NetworkPolicyOptions,
  OpenAICodex,
  OpenRouterModel,
  type PublicURL,
  type Run,
  type RunCost,
  type RunStatus,
  type Schedule,
  type Snapshot,
  type StreamRun,
} from "../../src/box/index.ts";

/** The examples of the SDK's documentation, which have to compile as they stand. Never called. */
async function documentedExamples(): Promise<void> {
  const box = await Box.create({
    apiKey: "box_...",
    runtime: "node",
    keepAlive: true,
    initCommand: "npm install && npm run dev",
    agent: {
      harness: Agent.ClaudeCode,
      model: "anthropic/claude-sonnet-4-5",
      apiKey: BoxApiKey.UpstashKey,
    },
    git: {
      token: process.env.GITHUB_TOKEN ?? "",
      userName: "John Doe",
      userEmail: "john@example.com",
    },
    env: { NODE_ENV: "production" },
    timeout: 600000,
    debug: false,
  });
  await Box.create({
    runtime: "node",
    agent: {
      harness: Agent.ClaudeCode,
      model: "anthropic/claude-opus-4-6",
      apiKey: process.env.ANTHROPIC_API_KEY,
    },
    git: { token: process.env.GITHUB_TOKEN },
  });
  await Box.create({ agent: { provider: Agent.Codex, model: OpenAICodex.GPT_5_4 } });
  await Box.create({ agent: { runner: "opencode", model: OpenRouterModel.O3 } });
  await Box.get("box_abc123");
  await Box.getByName("my-box");
  const boxes = await Box.list();
  expectTypeOf(boxes).toEqualTypeOf<BoxData[]>();

  const schema = z.object({ name: z.string(), score: z.number() });
  const typed = await box.agent.run({ prompt: "Analyze this candidate", responseSchema: schema });
  expectTypeOf(typed.result).toEqualTypeOf<{ name: string; score: number }>();

  const stream = await box.agent.stream({ prompt: "Refactor the auth flow" });
  for await (const part of stream) {
    if (part.type === "text-delta") process.stdout.write(part.text);
    if (part.type === "tool-call") process.stdout.write(`${part.toolName} ${part.input}`);
    if (part.type === "finish") {
      expectTypeOf(part.usage.inputTokens + part.usage.outputTokens).toBeNumber();
    }
  }
  const run = await box.exec.command("node index.js");
  expectTypeOf(run).toEqualTypeOf<Run<string>>();

  await box.files.write({ path: "hello.txt", content: "Hello!" });
  expectTypeOf(await box.files.read("hello.txt")).toBeString();
  expectTypeOf(await box.files.list(".")).toEqualTypeOf<FileEntry[]>();

  await box.git.clone({ repo: "https://github.com/user/repo", branch: "main" });
  expectTypeOf(await box.git.diff()).toBeString();
  expectTypeOf(await box.git.status()).toBeString();
  await box.git.commit({
    message: "feat: add feature",
    authorName: "Jane Doe",
    authorEmail: "jane@example.com",
  });
  const result = await box.git.exec({ args: ["log", "--oneline", "-5"] });
  expectTypeOf(result.output).toBeString();
  await box.git.checkout({ branch: "feature-branch" });

  await box.cd("my-project");
  expectTypeOf(box.cwd).toBeString();
  const { harness, model } = box.modelConfig;
  expectTypeOf([harness, model]).toEqualTypeOf<(string | undefined)[]>();
  const { status } = await box.getStatus();
  expectTypeOf(status).toEqualTypeOf<
    "creating" | "idle" | "running" | "paused" | "error" | "deleted"
  >();
  expectTypeOf(box.size).toEqualTypeOf<"small" | "medium" | "large">();
  expectTypeOf(box.keepAlive).toBeBoolean();
  await run.cancel();
  await box.delete();
}

describe("the public types", () => {
  it("let the documented examples compile", () => {
    expectTypeOf(documentedExamples).returns.resolves.toBeVoid();
  });

  it("give a run without a schema a string, and one with a schema its output", () => {
    expectTypeOf<Run["result"]>().toBeString();
    expectTypeOf<Run["cost"]>().toEqualTypeOf<RunCost>();
    expectTypeOf<Run["status"]>().toEqualTypeOf<RunStatus>();
    expectTypeOf<RunStatus>().toEqualTypeOf<
      "running" | "completed" | "failed" | "cancelled" | "detached"
    >();
    type Streamed = Awaited<ReturnType<Box["agent"]["stream"]>>;
    expectTypeOf<Streamed>().toExtend<StreamRun<unknown, AgentChunk>>();
    expectTypeOf<Streamed>().toExtend<Run<unknown>>();
    const transformed = z.object({ n: z.string().transform(Number) });
    const start = (box: Box) => box.agent.stream({ prompt: "x", responseSchema: transformed });
    expectTypeOf<Awaited<ReturnType<typeof start>>["result"]>().toEqualTypeOf<{ n: number }>();
    const plain = (box: Box) => box.agent.stream({ prompt: "x" });
    expectTypeOf<Awaited<ReturnType<typeof plain>>["result"]>().toBeString();
  });

  it("give an exec stream text, or bytes when asked for them", () => {
    const text = (box: Box) => box.exec.stream("x");
    const raw = (box: Box) => box.exec.stream(["x"], { encoding: "bytes" });
    expectTypeOf<Awaited<ReturnType<typeof text>>>().toEqualTypeOf<StreamRun<string, ExecChunk>>();
    expectTypeOf<Awaited<ReturnType<typeof raw>>>().toEqualTypeOf<
      StreamRun<string, ExecChunk<Uint8Array>>
    >();
  });

  it("take what the original's programs pass, and give what they expect", () => {
    expectTypeOf<official.BoxConfig>().toExtend<CreateBoxOptions>();
    expectTypeOf<official.EphemeralBoxConfig>().toExtend<CreateEphemeralBoxOptions>();
    expectTypeOf<official.BoxGetOptions>().toExtend<GetBoxOptions>();
    expectTypeOf<official.BoxConnectionOptions>().toExtend<AccountCallOptions>();
    expectTypeOf<official.ExecScheduleOptions>().toExtend<ExecScheduleOptions>();
    expectTypeOf<official.AgentScheduleOptions>().toExtend<AgentScheduleOptions>();
    type ClaudeSchedule = official.AgentScheduleOptions<official.Agent.ClaudeCode>;
    expectTypeOf<ClaudeSchedule>().toExtend<AgentScheduleOptions>();
    expectTypeOf<official.ListOptions>().toExtend<ListOptions>();
    expectTypeOf<official.NetworkPolicy>().toExtend<NetworkPolicyOptions>();
    expectTypeOf<official.CustomHarnessHandler>().toExtend<CustomHarnessHandler>();
    expectTypeOf<Snapshot>().toExtend<official.Snapshot>();
    expectTypeOf<Schedule>().toExtend<official.Schedule>();
    expectTypeOf<LogEntry>().toExtend<official.LogEntry>();
    expectTypeOf<BoxData>().toExtend<official.BoxData>();
    expectTypeOf<PublicURL>().toExtend<official.PublicURL>();
    type Calls = "getPublicURL" | "listPublicURLs" | "deletePublicURL" | "labels" | "skills";
    type Lifecycle = "pause" | "resume" | "snapshot" | "listSnapshots" | "schedule" | "cd";
    expectTypeOf<Pick<Box, Calls | Lifecycle>>().toExtend<Pick<official.Box, Calls | Lifecycle>>();
    type Ephemeral = "expiresAt" | "schedule" | "snapshot" | "deleteSnapshot" | "getStatus" | "cwd";
    expectTypeOf<Pick<EphemeralBox, Ephemeral>>().toExtend<
      Pick<official.EphemeralBox, Ephemeral>
    >();
    type Account = "delete" | "deleteSnapshots" | "setEnv" | "listEnv" | "deleteEnv" | "setAllEnv";
    expectTypeOf<Pick<typeof Box, Account>>().toExtend<Pick<typeof official.Box, Account>>();
  });

  it("keep the names of the documented tables", () => {
    expectTypeOf(Agent.OpenCode).toEqualTypeOf<"opencode">();
    expectTypeOf(ClaudeCode.Opus_4_7).toEqualTypeOf<"anthropic/claude-opus-4-7">();
    expectTypeOf<BoxErrorCode>().toExtend<string>();
  });

  it("refuse what cannot work", () => {
    // @ts-expect-error: an agent has to be named.
    const unnamed: Parameters<typeof Box.create>[0] = { agent: { model: "m" } };
    // @ts-expect-error: there is no such size.
    const sized: Parameters<typeof Box.create>[0] = { size: "huge" };
    void [unnamed, sized];
  });
});
