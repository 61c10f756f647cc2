// The snippets of the SDK's own description, as they stand there, each with what its comments say.
// What they name and do not make is made before them: ids, repositories, files.
// biome-ignore-all lint/suspicious/noConsole: the snippets print.
// biome-ignore-all lint/style/noNonNullAssertion: the snippets do.
import { readFile, writeFile } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, describe, expect, expectTypeOf, it, vi } from "vitest";
import { z } from "zod";
import {
  Agent,
  Box,
  BoxApiKey,
  ClaudeCode,
  OpenAICodex,
  OpenRouterModel,
  type Run,
  type RunStatus,
  type Runtime,
} from "../../src/box/index.ts";
import { type SeedHost, seedHost, shown } from "./seed-host.ts";

let host: SeedHost;
beforeAll(async () => {
  host = await seedHost({
    "Create a hello world Express server": `
      echo 'const server = 1;' > server.js
      finish 'Made server.js'`,
    "Analyze this candidate": `finish '{\\"name\\":\\"Ada\\",\\"score\\":9.5}'`,
    "Refactor the auth flow": `
      say 'I look first.'
      printf 'event: tool\\ndata: {"name":"Bash","input":{"command":"ls"},"tool_call_id":"t1"}\\n\\n'
      printf 'event: tool_result\\ndata: {"tool_call_id":"t1","output":"auth.js"}\\n\\n'`,
  });
});
afterEach(() => vi.restoreAllMocks());
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  expect(host.engine.errors).toEqual([]);
});

const aBox = () =>
  Box.create({
    runtime: "node",
    agent: { harness: Agent.ClaudeCode, model: "anthropic/claude-sonnet-4-5" },
    git: { token: process.env.GITHUB_TOKEN },
  });

describe("boxes", () => {
  it("are created, asked and deleted", async () => {
    const screen = shown();

    const box = await Box.create({
      runtime: "node",
      agent: { harness: Agent.ClaudeCode, model: "anthropic/claude-sonnet-4-5" },
    });

    const run = await box.agent.run({
      prompt: "Create a hello world Express server",
    });

    console.log(run.result);

    await box.delete();

    expect(screen.lines).toEqual(["Made server.js"]);
    expect(await Box.list()).not.toContainEqual(expect.objectContaining({ id: box.id }));
  });

  it("are created with every option", async () => {
    const box = await Box.create({
      apiKey: host.engine.apiKey, // or set UPSTASH_BOX_API_KEY
      runtime: "node", // "node" | "python" | "golang" | "ruby" | "rust"
      keepAlive: true,
      initCommand: "npm install && npm run dev",
      agent: {
        harness: Agent.ClaudeCode,
        model: "anthropic/claude-sonnet-4-5",
        apiKey: BoxApiKey.UpstashKey, // Upstash-managed key
        // apiKey: BoxApiKey.StoredKey, // use a key stored via the Upstash console
        // apiKey: process.env.CLAUDE_KEY!, // or pass a direct API key
      },
      // Optional git identity configured in the container on create
      // Defaults: "Upstash Box" / "box@upstash.com"
      git: {
        token: process.env.GITHUB_TOKEN!,
        userName: "John Doe",
        userEmail: "john@example.com",
      },
      env: { NODE_ENV: "production" },
      timeout: 600000,
      debug: false,
    });

    expect(box).toMatchObject({ keepAlive: true, runtime: "node", size: "small" });
    expect(await box.getInitCommand()).toBe("npm install && npm run dev");
    const told = await box.exec.command(
      "echo $NODE_ENV; git config user.name; git config user.email",
    );
    expect(told.result).toBe("production\nJohn Doe\njohn@example.com");
    await box.delete();
    const plain = await Box.create();
    const defaults = await plain.exec.command("git config user.name; git config user.email");
    expect(defaults.result).toBe("Upstash Box\nbox@upstash.com");
  });

  it("are found by id and by name, and listed", async () => {
    const { id } = await Box.create({ name: "my-box" });
    {
      const box = await Box.get(id);
      expect(box.id).toBe(id);
    }
    {
      const box = await Box.getByName("my-box");
      expect(box).toMatchObject({ id, name: "my-box" });
    }
    const boxes = await Box.list();
    expect(boxes).toContainEqual(expect.objectContaining({ id, status: "idle" }));
  });

  it("pause, resume and are deleted", async () => {
    const box = await aBox();

    await box.pause(); // Pause (preserves state)
    await box.resume(); // Resume
    await box.delete(); // Permanent delete
    const { status } = await box.getStatus();

    expect(status).toBe("deleted");
  });

  it("have an init command when they are kept alive", async () => {
    const box = await Box.create({ keepAlive: true, initCommand: "npm start" });

    const script = await box.getInitCommand();
    await box.setInitCommand("npm run dev");
    await box.deleteInitCommand();
    box.keepAlive; // boolean

    expect(script).toBe("npm start");
    expect(await box.getInitCommand()).toBe("");
    expect(box.keepAlive).toBe(true);
    expectTypeOf(box.keepAlive).toEqualTypeOf<boolean>();
  });

  it("have a size", async () => {
    const screen = shown();

    const box = await Box.create({
      size: "large",
      agent: { harness: Agent.ClaudeCode, model: "anthropic/claude-sonnet-4-5" },
    });

    console.log(box.size); // "large"

    expect(screen.lines).toEqual(["large"]);
    expect((await Box.create()).size).toBe("small");
  });

  it("have a runtime of a union of strings", () => {
    expectTypeOf<"node" | "python" | "golang" | "ruby" | "rust">().toExtend<Runtime>();
  });
});

describe("box.agent", () => {
  it("gives a result of a schema's type", async () => {
    const box = await aBox();

    // Structured output
    const schema = z.object({
      name: z.string(),
      score: z.number(),
    });

    const run = await box.agent.run({
      prompt: "Analyze this candidate",
      responseSchema: schema,
    });

    const result = run.result; // typed as { name: string, score: number }

    expectTypeOf(result).toEqualTypeOf<{ name: string; score: number }>();
    expect(result).toEqual({ name: "Ada", score: 9.5 });
  });

  it("streams what it does", async () => {
    const box = await aBox();
    const screen = shown();

    const stream = await box.agent.stream({
      prompt: "Refactor the auth flow",
    });

    for await (const part of stream) {
      if (part.type === "text-delta") process.stdout.write(part.text);
      if (part.type === "tool-call") console.log(part.toolName, part.input);
      if (part.type === "finish") console.log(part.usage.inputTokens + part.usage.outputTokens);
    }

    expect(screen.text()).toBe("I look first.\n");
    expect(screen.lines).toEqual(["Bash { command: 'ls' }", "1234"]);
  });
});

describe("box.exec", () => {
  it("runs a command", async () => {
    const box = await aBox();
    await box.files.write({ path: "index.js", content: "console.log('it runs');" });
    const screen = shown();

    const run = await box.exec.command("node index.js");
    console.log(run.result);

    expect(screen.lines).toEqual(["it runs"]);
  });
});

describe("box.files", () => {
  it("are written, read, listed, uploaded and downloaded", async () => {
    const box = await aBox();
    await box.exec.command("mkdir output && echo made > output/made.txt");
    await writeFile("local.txt", "from here");

    await box.files.write({ path: "hello.txt", content: "Hello!" });
    const content = await box.files.read("hello.txt");
    const entries = await box.files.list(".");

    await box.files.upload([{ path: "./local.txt", destination: "remote.txt" }]);
    await box.files.download({ folder: "output/" });

    expect(content).toBe("Hello!");
    expect(entries.map(({ name }) => name).sort()).toEqual(["hello.txt", "output"]);
    expect(await box.files.read("remote.txt")).toBe("from here");
    expect(await readFile("output/made.txt", "utf8")).toBe("made\n");
  });
});

describe("box.git", () => {
  it("clones, commits, pushes and opens a pull request", async () => {
    const files = { "README.md": "# Repo\n" };
    const name = { owner: "user", name: "repo", defaultBranch: "trunk" };
    const remote = await host.github.createRepository({ ...name, files });
    await remote.commit("main", { "main.txt": "main\n" });
    await remote.commit("feature-branch", { "feature.txt": "feature\n" });
    const box = await aBox();
    const screen = shown();

    await box.git.clone({ repo: remote.cloneUrl, branch: "main" });

    // The document leaves this out; what follows is about the clone.
    await box.cd("repo");
    await box.files.write({ path: "README.md", content: "# Repo, changed\n" });

    const diff = await box.git.diff();
    const status = await box.git.status();

    await box.git.commit({
      message: "feat: add feature",
      authorName: "Jane Doe",
      authorEmail: "jane@example.com",
    });

    const gitConfig = await box.git.updateConfig({
      userName: "John Doe",
      userEmail: "john@example.com",
    });
    console.log(gitConfig.git_user_name, gitConfig.git_user_email);

    await box.git.push({ branch: "main" });
    const pr = await box.git.createPR({ title: "New feature", body: "Description" });

    // Run an arbitrary git command
    const result = await box.git.exec({ args: ["log", "--oneline", "-5"] });
    console.log(result.output);

    // Switch branches
    await box.git.checkout({ branch: "feature-branch" });

    expect(diff).toContain("+# Repo, changed");
    expect(status).toContain("README.md");
    expect(screen.lines[0]).toBe("John Doe john@example.com");
    expect(screen.lines[1]).toContain("feat: add feature");
    expect(await remote.read("main", "README.md")).toBe("# Repo, changed\n");
    expect((await remote.log("main", 1))[0]).toMatchObject({ author: { name: "Jane Doe" } });
    expect(pr).toMatchObject({ title: "New feature", base: "trunk", number: expect.any(Number) });
    expect(await box.files.read("feature.txt")).toBe("feature\n");
  });
});

describe("box.schedule", () => {
  it("runs commands and prompts by the clock", async () => {
    const box = await aBox();

    // Schedule a shell command to run every minute
    const execSchedule = await box.schedule.exec({
      cron: "* * * * *",
      command: ["bash", "-c", "date >> /workspace/home/cron.log && echo scheduled-ok"],
    });

    // Schedule an agent prompt to run daily at 9am
    const agentSchedule = await box.schedule.agent({
      cron: "0 9 * * *",
      prompt: "Run the test suite and fix any failures",
      timeout: 300_000, // 5 minute timeout per run
      options: { maxBudgetUsd: 1.0, effort: "high" }, // agent options (provider-specific)
    });

    // List all active and paused schedules.
    const schedules = await box.schedule.list();

    // Get a specific schedule by ID.
    const schedule = await box.schedule.get(execSchedule.id);

    // Pause a schedule. It won't fire until resumed.
    await box.schedule.pause(schedule.id);

    // Resume a paused schedule.
    await box.schedule.resume(schedule.id);

    // Delete a schedule permanently.
    await box.schedule.delete(schedule.id);

    expect(schedules.map(({ id }) => id).sort()).toEqual(
      [execSchedule.id, agentSchedule.id].sort(),
    );
    expect(schedule).toEqual(execSchedule);
    expect(await box.schedule.list()).toEqual([agentSchedule]);
  });
});

describe("box.cwd", () => {
  it("is where all operations run", async () => {
    const box = await aBox();
    await box.exec.command("git init -q my-project && touch my-project/a.txt");
    const seen: string[] = [];

    seen.push(box.cwd); // "/workspace/home" (default)

    await box.cd("my-project");
    seen.push(box.cwd); // "/workspace/home/my-project"

    // All operations now run relative to my-project/
    const run = await box.exec.command("ls");
    const files = await box.files.list();
    const status = await box.git.status();

    await box.cd(".."); // back to /workspace/home

    expect(seen).toEqual(["/workspace/home", "/workspace/home/my-project"]);
    expect(run.result).toBe("a.txt");
    expect(files.map(({ name }) => name)).toContain("a.txt");
    expect(status).toContain("a.txt");
    expect(box.cwd).toBe("/workspace/home");
  });
});

describe("box.modelConfig", () => {
  it("follows the model", async () => {
    const box = await aBox();

    // Read the current provider and model
    const { harness, model } = box.modelConfig;

    // Change the model
    await box.configureModel("anthropic/claude-opus-4-5");

    // modelConfig reflects the change immediately
    box.modelConfig.model; // "anthropic/claude-opus-4-5"

    expect([harness, model]).toEqual(["claude-code", "anthropic/claude-sonnet-4-5"]);
    expect(box.modelConfig.model).toBe("anthropic/claude-opus-4-5");
  });
});

describe("snapshots", () => {
  it("are taken, listed, made boxes of, and deleted", async () => {
    const box = await aBox();
    await box.files.write({ path: "package.json", content: "{}" });

    const snapshot = await box.snapshot({ name: "checkpoint-1" });
    const snapshots = await box.listSnapshots();

    {
      const box = await Box.fromSnapshot(snapshot.id, {
        agent: { harness: Agent.ClaudeCode, model: "anthropic/claude-sonnet-4-5" },
        keepAlive: true,
        initCommand: "npm install && npm run dev",
      });

      expect(await box.files.read("package.json")).toBe("{}");
      expect(box.keepAlive).toBe(true);
      expect(await box.getInitCommand()).toBe("npm install && npm run dev");
    }
    {
      const box = await Box.fromSnapshot(snapshot.id, { size: "medium" });

      expect(box.size).toBe("medium");
    }

    await box.deleteSnapshot(snapshot.id);

    expect(snapshots).toEqual([expect.objectContaining({ id: snapshot.id, name: "checkpoint-1" })]);
    expect(await box.listSnapshots()).toEqual([]);
  });
});

describe("a run", () => {
  it("tells what became of it", async () => {
    const box = await aBox();

    const run = await box.agent.run({ prompt: "..." });

    run.id; // Run ID
    run.result; // Final output (typed if schema provided)
    run.status; // "running" | "completed" | "failed" | "cancelled" | "detached"
    run.cost; // { inputTokens, outputTokens, computeMs, totalUsd }

    expectTypeOf(run).toEqualTypeOf<Run<string>>();
    expectTypeOf<
      "running" | "completed" | "failed" | "cancelled" | "detached"
    >().toEqualTypeOf<RunStatus>();
    expect(run).toMatchObject({
      id: (await box.listRuns())[0]?.id,
      result: "I was not told what that means.",
      status: "completed",
      cost: { inputTokens: 1200, outputTokens: 34, computeMs: expect.any(Number), totalUsd: 0.02 },
    });

    await run.cancel(); // Abort
    await run.logs(); // Filtered log entries

    expect(run.status).toBe("cancelled");
  });

  it("can be read while it is made", async () => {
    const box = await aBox();
    const screen = shown();

    // Streaming returns a StreamRun — async-iterable with typed Chunk objects
    const stream = await box.agent.stream({ prompt: "Refactor the auth flow" });
    for await (const chunk of stream) {
      if (chunk.type === "text-delta") process.stdout.write(chunk.text);
    }
    stream.status; // "completed" after iteration finishes
    stream.result; // final output

    expect(screen.text()).toBe("I look first.\n");
    expect(stream).toMatchObject({ status: "completed", result: "Did Refactor the auth flow" });
  });
});

describe("the tables of names", () => {
  it.each([
    [Agent.ClaudeCode, "claude-code"],
    [Agent.Codex, "codex"],
    [Agent.OpenCode, "opencode"],
    [ClaudeCode.Opus_4_7, "anthropic/claude-opus-4-7"],
    [ClaudeCode.Opus_4_5, "anthropic/claude-opus-4-5"],
    [ClaudeCode.Opus_4_6, "anthropic/claude-opus-4-6"],
    [ClaudeCode.Sonnet_4, "anthropic/claude-sonnet-4"],
    [ClaudeCode.Sonnet_4_5, "anthropic/claude-sonnet-4-5"],
    [ClaudeCode.Sonnet_4_6, "anthropic/claude-sonnet-4-6"],
    [ClaudeCode.Haiku_4_5, "anthropic/claude-haiku-4-5"],
    [OpenAICodex.GPT_5_4, "openai/gpt-5.4"],
    [OpenAICodex.GPT_5_4_Mini, "openai/gpt-5.4-mini"],
    [OpenAICodex.GPT_5_3_Codex, "openai/gpt-5.3-codex"],
    [OpenAICodex.GPT_5_3_Codex_Spark, "openai/gpt-5.3-codex-spark"],
    [OpenAICodex.GPT_5_2_Codex, "openai/gpt-5.2-codex"],
    [OpenAICodex.GPT_5_1_Codex_Max, "openai/gpt-5.1-codex-max"],
    [OpenRouterModel.Claude_Opus_4_5, "openrouter/anthropic/claude-opus-4-5"],
    [OpenRouterModel.Claude_Sonnet_4, "openrouter/anthropic/claude-sonnet-4"],
    [OpenRouterModel.Claude_Haiku_4_5, "openrouter/anthropic/claude-haiku-4-5"],
    [OpenRouterModel.DeepSeek_R1, "openrouter/deepseek/deepseek-r1"],
    [OpenRouterModel.Gemini_2_5_Pro, "openrouter/google/gemini-2.5-pro"],
    [OpenRouterModel.Gemini_2_5_Flash, "openrouter/google/gemini-2.5-flash"],
    [OpenRouterModel.GPT_4_1, "openrouter/openai/gpt-4.1"],
    [OpenRouterModel.O3, "openrouter/openai/o3"],
    [OpenRouterModel.O4_Mini, "openrouter/openai/o4-mini"],
  ])("have %s", (name, value) => expect(name).toBe(value));

  it("have older names for harness", async () => {
    const model = "anthropic/claude-sonnet-4-5";
    const byProvider = await Box.create({ agent: { provider: Agent.ClaudeCode, model } });
    const byRunner = await Box.create({ agent: { runner: Agent.ClaudeCode, model } });
    for (const box of [byProvider, byRunner]) expect(box.modelConfig.harness).toBe("claude-code");
  });
});
