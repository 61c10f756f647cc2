import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { AgentChunk, Box } from "../../src/box/index.ts";
import { type AgentWorld, agentWorld, mayRun, PROGRAMS, REAL_KEY } from "./support/agent-world.ts";

const HOME = "/workspace/home";
const MCP_SERVER = new URL("support/mcp-server.mjs", import.meta.url);

let world: AgentWorld;
beforeAll(async () => {
  world = await agentWorld();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  expect(world.host.errors).toEqual([]);
});

/** All that a run's reader gets, and its record afterwards. */
async function stream(box: Box, options: Parameters<Box["agent"]["stream"]>[0]) {
  const chunks: AgentChunk[] = [];
  let error: Error | undefined;
  let id = "";
  try {
    const run = await box.agent.stream(options);
    id = run.id;
    for await (const chunk of run) chunks.push(chunk);
  } catch (thrown) {
    error = thrown as Error;
  }
  const record = async () => {
    const response = await world.host.request(`/${box.id}/runs/${id}`);
    return (await response.json()) as Record<string, unknown>;
  };
  return { chunks, error, record };
}

const results = (chunks: readonly AgentChunk[]) =>
  chunks.flatMap((chunk) => (chunk.type === "tool-result" ? [String(chunk.output)] : []));

for (const program of PROGRAMS) {
  const { harness } = program;
  describe.skipIf(!(await mayRun(program)))(`${harness}, the real program`, () => {
    it("works in a box that reaches nothing, and tells what it does", async () => {
      const box = await world.box(program);
      world.model.play({
        turns: [
          {
            thinking: "I wonder.",
            text: "I will write.",
            tools: [{ tool: "write", path: `${HOME}/a.txt`, content: "one\n" }],
          },
          { tools: [{ tool: "read", path: `${HOME}/a.txt` }] },
          { tools: [{ tool: "edit", path: `${HOME}/a.txt`, old: "one", new: "two" }] },
          { tools: [{ tool: "shell", command: "echo broken >&2; exit 3" }] },
          { text: "All is done.", usage: { input: 1_000, cachedInput: 500, output: 100 } },
        ],
      });
      const { chunks, error, record } = await stream(box, { prompt: "Write a file" });
      expect(error).toBeUndefined();
      expect(await box.files.read("a.txt")).toBe("two\n");
      const said = chunks.flatMap((chunk) =>
        "text" in chunk ? [`${chunk.type}:${chunk.text}`] : [],
      );
      expect(said).toEqual([
        "reasoning:I wonder.",
        "text-delta:I will write.",
        "text-delta:All is done.",
      ]);
      const calls = chunks.filter(({ type }) => type === "tool-call" || type === "tool-result");
      expect(calls.map(({ type }) => type)).toEqual(
        Array.from({ length: 4 }, () => ["tool-call", "tool-result"]).flat(),
      );
      expect(results(chunks).at(-1)).toMatch(/broken[\s\S]*3|3[\s\S]*broken/);
      expect(chunks.at(-2)).toMatchObject({
        type: "finish",
        result: "All is done.",
        usage: { inputTokens: 1_400, outputTokens: 180, cachedInputTokens: 500 },
      });
      expect(chunks.at(-1)).toMatchObject({ type: "stats" });
      expect(await record()).toMatchObject({
        status: "completed",
        input_tokens: 1_400,
        output_tokens: 180,
        cached_input_tokens: 500,
        // 900 new ones, 500 out of the cache, 180 answered.
        cost_usd: expect.closeTo(
          harness === "codex"
            ? 900 * 5e-6 + 500 * 5e-7 + 180 * 3e-5
            : 900 * 3e-6 + 500 * 3e-7 + 180 * 15e-6,
          9,
        ),
      });
      // What it was given to start with is taken away again.
      expect((await box.exec.command("ls ~/.box-action/runs 2>/dev/null")).result).toBe("");
    });

    it("knows no key, and its token is good for its run alone", async () => {
      const box = await world.box(program);
      world.model.play({
        turns: [
          {
            tools: [
              {
                tool: "shell",
                command: "env | sort; cat /proc/*/environ 2>/dev/null | tr '\\0' '\\n'",
              },
            ],
          },
          { text: "Done" },
        ],
      });
      const { chunks } = await stream(box, { prompt: "Look around" });
      const [seen = ""] = results(chunks);
      expect(seen).not.toContain(REAL_KEY);
      expect(JSON.stringify(world.model.requests.at(-1)?.headers)).toContain(REAL_KEY);
      const token = /box-run-[\w-]+/.exec(seen)?.[0];
      const port = /http:\/\/127\.0\.0\.1:(\d+)/.exec(seen)?.[1];
      expect(token ?? "none").toMatch(/^box-run-/);
      if (port === undefined) return;
      const { exitCode } = await box.exec.command(
        `curl -sf -H 'x-api-key: ${token}' http://127.0.0.1:${port}/v1/models`,
      );
      expect(exitCode).not.toBe(0);
    });

    it("is told of a tool that fails", async () => {
      const box = await world.box(program);
      world.model.play({
        turns: [
          { tools: [{ tool: "edit", path: `${HOME}/no.txt`, old: "a", new: "b" }] },
          { text: "Done" },
        ],
      });
      const { chunks, error } = await stream(box, { prompt: "Edit what is not there" });
      expect(error).toBeUndefined();
      expect(results(chunks).join()).toMatch(/not exist|not found|No such file/i);
    });

    it("goes on with its conversation, and begins another in another folder", async () => {
      const box = await world.box(program);
      world.model.play({ turns: [{ text: "I know." }] });
      await box.agent.run({ prompt: "Remember the word heliotrope." });
      const asked = () => JSON.stringify(world.model.requests.at(-1)?.body);
      await box.agent.run({ prompt: "Which word was it?" });
      expect(asked()).toContain("heliotrope");
      await box.exec.command("mkdir other");
      await box.cd("other");
      await box.agent.run({ prompt: "And here?" });
      expect(asked()).not.toContain("heliotrope");
    });

    it("gives an answer of the shape that was asked for", async () => {
      const box = await world.box(program);
      const responseSchema = z.object({ city: z.string(), people: z.number() });
      world.model.play({ turns: [{ answer: { city: "Ulm", people: 128_000 } }, { text: "Done" }] });
      const run = await box.agent.run({ prompt: "Which city?", responseSchema });
      expect(run.result).toEqual({ city: "Ulm", people: 128_000 });
    });

    it("is told what is wrong with an answer, and its correction is taken", async () => {
      const box = await world.box(program);
      const responseSchema = z.object({ people: z.number() });
      world.model.play({
        turns: [{ answer: { people: "many" } }, { answer: { people: 7 } }, { text: "Done" }],
      });
      const run = await box.agent.run({ prompt: "How many?", responseSchema });
      expect(run.result).toEqual({ people: 7 });
    });

    it("uses the tools of a server that the box was made with", async () => {
      const box = await world.box(program, {
        // Codex hides such tools from its newest models behind a search of its own.
        ...(harness === "codex" ? { agent: { harness, model: "openai/gpt-5.4" } } : {}),
        mcpServers: [
          {
            name: "echo",
            url: "http://127.0.0.1:7301/mcp",
            headers: { "x-secret": "a secret of the tool" },
          },
        ],
      });
      await box.files.write({ path: "/tmp/mcp.mjs", content: await readFile(MCP_SERVER, "utf8") });
      await box.exec.command("node /tmp/mcp.mjs 7301 >/tmp/mcp.log 2>&1 & sleep 0.5");
      world.model.play({
        turns: [{ tools: [{ exact: "echo/say", input: { words: "hello" } }] }, { text: "Done" }],
      });
      const { chunks, error } = await stream(box, { prompt: "Say hello" });
      expect(error).toBeUndefined();
      expect(results(chunks).join()).toContain("heard: hello with a secret of the tool");
    });

    it("is cut off at its budget, and both it and the user are told", async () => {
      const box = await world.box(program);
      world.model.play({
        turns: [
          { tools: [{ tool: "shell", command: "true" }], usage: { input: 100_000, output: 1_000 } },
        ],
      });
      const { error, record } = await stream(box, {
        prompt: "Spend",
        options: { maxBudgetUsd: 1 },
      });
      expect(error?.message).toMatch(/The budget of \$1 is spent \(\$1\.\d+ so far\)/);
      const { status, cost_usd, error_message } = await record();
      expect(status).toBe("failed");
      expect(error_message).toContain("budget");
      // The call that reached it was let through.
      expect(cost_usd).toBeGreaterThanOrEqual(1);
      expect(cost_usd).toBeLessThan(1.6);
    });

    it("ends when it is cancelled, with all that it has started, and what it has used is known", async () => {
      const box = await world.box(program);
      world.model.play({
        turns: [
          { tools: [{ tool: "shell", command: "tail -f /dev/null & echo $! > child; wait" }] },
        ],
      });
      const run = await box.agent.stream({ prompt: "Wait" });
      const reading = (async () => {
        for await (const _chunk of run);
      })();
      await expect
        .poll(() => box.files.read("child").catch(() => ""), { timeout: 20_000 })
        .not.toBe("");
      await run.cancel();
      await reading.catch(() => undefined);
      const child = (await box.files.read("child")).trim();
      await expect
        .poll(async () => (await box.exec.command(`kill -0 ${child}`)).exitCode)
        .not.toBe(0);
      await expect
        .poll(async () => (await world.host.request(`/${box.id}/runs/${run.id}`)).json())
        .toMatchObject({ status: "cancelled", input_tokens: 100 });
    });

    it("ends at its time limit", async () => {
      const box = await world.box(program);
      world.model.play({ turns: [{ delayMs: 60_000 }] });
      const began = Date.now();
      await expect(box.agent.run({ prompt: "Wait", timeout: 6_000 })).rejects.toMatchObject({
        code: "timeout",
      });
      expect(Date.now() - began).toBeLessThan(20_000);
      await expect
        .poll(async () => (await box.exec.command("ls -d /proc/[0-9]* | wc -l")).result, {
          timeout: 10_000,
        })
        .toMatch(/^[1-5]$/);
    });

    it.each([
      [
        "refuses the key",
        { status: 401, message: "invalid x-api-key" },
        /refuses the key \(401\): invalid x-api-key/,
      ],
      [
        "is broken",
        { status: 500, message: "on fire" },
        /does not answer \(500\), also when asked again: on fire/,
      ],
      [
        "is full",
        { status: 429, retryAfterSeconds: 999, message: "slow down" },
        /does not answer \(429\).*slow down/,
      ],
      [
        "does not understand",
        { status: 400, message: "that is no question" },
        /that is no question/,
      ],
    ])("ends soon with the reason when the provider %s", async (_what, turn, reason) => {
      const box = await world.box(program);
      world.model.play({ turns: [turn] });
      const { error } = await stream(box, { prompt: "Try" });
      expect(error?.message).toMatch(reason);
    });

    it("gets over a provider that is busy for a moment, and one that breaks off", async () => {
      const box = await world.box(program);
      world.model.play({
        turns: [
          { status: 529, retryAfterSeconds: 0 },
          { text: "x".repeat(2_000), cutAfterEvents: 6 },
          { text: "Here after all." },
        ],
      });
      const { chunks, error } = await stream(box, { prompt: "Try" });
      expect(error).toBeUndefined();
      expect(chunks.at(-2)).toMatchObject({
        type: "finish",
        result: expect.stringContaining("Here after all."),
      });
    });

    it("is given pictures and papers that go with the prompt", async () => {
      const box = await world.box(program);
      world.model.play({ turns: [{ text: "Seen" }] });
      const png =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
      const { error } = await stream(box, {
        prompt: "Look",
        files: [{ data: png, mediaType: "image/png", filename: "dot.png" }],
      });
      expect(error).toBeUndefined();
      const asked = JSON.stringify(world.model.requests.at(-1)?.body);
      expect(asked).toContain("/1/dot.png");
      if (harness !== "claude-code") expect(asked).toContain(png.slice(0, 40));
    });

    it("refuses an option that it does not have by its name", async () => {
      const box = await world.box(program);
      await expect(box.agent.run({ prompt: "x", options: { volume: 11 } })).rejects.toThrow(
        new RegExp(`agent_options.volume: ${harness} has no such option; it has .*udget`),
      );
    });
  });
}
