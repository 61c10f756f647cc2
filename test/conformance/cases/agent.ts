import { writeFile } from "node:fs/promises";
import { Agent } from "@upstash/box";
import { expect } from "vitest";
import { z as z4 } from "zod";
import { z } from "zod/v3";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { asOurs } from "../as-ours.ts";
import type { Suite } from "../suite.ts";
import type { TargetAgentChunk, TargetStream } from "../target.ts";

/** Works for a while, so that there is compute time. */
const WORK = "n=0; while [ $n -lt 3000 ]; do n=$((n+1)); done;";
const WAIT = "until [ -e go ]; do sleep 0.05; done;";

const event = (name: string, data: object) =>
  `printf '%s\\n' 'event: ${name}' 'data: ${JSON.stringify(data)}' '';`;

export function agentCases(suite: Suite): void {
  suite.it("a run gives the answer, its cost and its compute time", async () => {
    const box = await suite.agentBox({ build: `${WORK} say working; finish 'all built'` });
    const run = await box.agent.run({ prompt: "build it" });
    expect([run.status, run.result]).toEqual(["completed", "all built"]);
    expect(run.exitCode ?? null).toBeNull();
    expect(run.cost).toMatchObject({ inputTokens: 1200, outputTokens: 34, totalUsd: 0.02 });
    expect(run.cost.computeMs).toBeGreaterThan(0);
    const [record] = await box.listRuns();
    expect(record).toMatchObject({
      ...{ id: run.id, box_id: box.id, type: "agent", status: "completed", prompt: "build it" },
      ...{ input_tokens: 1200, output_tokens: 34, cost_usd: 0.02, output: "all built" },
      ...{ duration_ms: expect.any(Number), compute_cost_usd: expect.any(Number) },
    });
    expect(record && "cpu_ns" in record && Number(record.cpu_ns)).toBeGreaterThan(0);
  });

  suite.it("a stream hands out every kind of event, in order", async () => {
    const script = [
      event("thinking", { text: "hm" }),
      event("text", { text: "one" }),
      event("tool", { name: "Bash", input: { command: "ls" }, tool_call_id: "t1" }),
      event("tool_result", { tool_call_id: "t1", output: "a.txt" }),
      event("text", { text: " two" }),
      event("news", { of: "later" }),
      event("done", { output: "end", input_tokens: 7, output_tokens: 3, session_id: "s1" }),
      "exit 0",
    ].join(" ");
    const box = await suite.agentBox({ all: script });
    const tools: unknown[] = [];
    const stream = await box.agent.stream({
      prompt: "all of it",
      onToolUse: (tool) => tools.push(tool),
      onToolResult: (result) => tools.push(result),
    });
    const chunks = await read(stream);
    expect(chunks[0]).toEqual({ type: "start", runId: stream.id });
    expect(chunks.slice(1, 7)).toEqual([
      { type: "reasoning", text: "hm" },
      { type: "text-delta", text: "one" },
      { type: "tool-call", toolCallId: "t1", toolName: "Bash", input: { command: "ls" } },
      { type: "tool-result", toolCallId: "t1", output: "a.txt" },
      { type: "text-delta", text: " two" },
      { type: "unknown", event: "news", data: expect.anything() },
    ]);
    expect(chunks[7]).toMatchObject({
      ...{ type: "finish", output: "end", sessionId: "s1" },
      usage: { inputTokens: 7, outputTokens: 3 },
    });
    expect(chunks[8]).toMatchObject({ type: "stats", cpuNs: expect.any(Number) });
    expect(tools).toEqual([
      { toolCallId: "t1", name: "Bash", input: { command: "ls" } },
      { toolCallId: "t1", output: "a.txt" },
    ]);
    expect([stream.status, stream.result]).toEqual(["completed", "end"]);
  });

  suite.it("a session is handed back to the agent with the next prompt", async () => {
    const box = await suite.agentBox({
      begin: `${event("done", { output: "begun", session_id: "s-7" })} exit 0`,
      again: 'finish "$*"',
    });
    await box.agent.run({ prompt: "begin" });
    const run = await box.agent.run({ prompt: "again" });
    expect(run.result).toMatch(/^-p again --model custom --stream --session s-7$/);
  });

  suite.it(
    "a client that stops reading has detached: the run goes on and is in the runs",
    async () => {
      const box = await suite.agentBox({
        long: `say begun; ${WAIT} echo end > end.txt; finish later`,
      });
      const stream = await box.agent.stream({ prompt: "long" });
      for await (const chunk of stream) if (chunk.type === "text-delta") break;
      expect(stream.status).toBe("detached");
      expect((await box.listRuns())[0]).toMatchObject({ id: stream.id, status: "running" });
      await box.files.write({ path: "go", content: "" });
      await expect
        .poll(async () => (await box.listRuns())[0], { timeout: 10_000 })
        .toMatchObject({
          ...{ id: stream.id, status: "completed", output: "later" },
        });
      expect(await box.files.read("end.txt")).toBe("end\n");
    },
  );

  suite.it("a run that is cancelled ends with all that it has started", async () => {
    const box = await suite.agentBox({ sleep: "sleep 1000 & say begun; wait" });
    const stream = await box.agent.stream({ prompt: "sleep" });
    for await (const chunk of stream) if (chunk.type === "text-delta") break;
    await stream.cancel();
    expect(stream.status).toBe("cancelled");
    await expect
      .poll(async () => (await box.listRuns())[0])
      .toMatchObject({ id: stream.id, status: "cancelled" });
    expect((await box.exec.command("pgrep -x sleep")).stdout).toBe("");
  });

  suite.it(
    "a run that fails is an error with the agent's words, and recorded as failed",
    async () => {
      const box = await suite.agentBox({
        fail: `${event("error", { error: "out of ideas" })} exit 1`,
        vanish: "exit 3",
      });
      await expect(box.agent.run({ prompt: "fail" })).rejects.toThrow(/out of ideas/);
      await expect(box.agent.run({ prompt: "vanish" })).rejects.toThrow();
      expect(await box.listRuns()).toMatchObject([{ status: "failed" }, { status: "failed" }]);
    },
  );

  suite.it("an answer of a schema is parsed, and the agent is told the schema", async () => {
    const answer = '{\\"name\\":\\"a\\",\\"score\\":3}';
    const box = await suite.agentBox({
      rate: `printf '%s' "$*" > asked; finish '${answer}'`,
      chat: "finish 'It is fine.'",
    });
    const responseSchema = z.object({ name: z.string(), score: z.number() });
    const run = await box.agent.run({ prompt: "rate it", responseSchema });
    expect(run.result).toEqual({ name: "a", score: 3 });
    expect(await box.files.read("asked")).toContain('"score"');
    await expect(box.agent.run({ prompt: "chat", responseSchema })).rejects.toThrow();
  });

  suite.it("files go with a prompt, as contents", async () => {
    const box = await suite.agentBox({
      look: `file=$(printf '%s\\n' "$prompt" | sed -n 's/^- //p'); finish "$(basename "$file"): $(cat "$file")"`,
    });
    const data = Buffer.from("of the file").toString("base64");
    const files = [{ data, mediaType: "text/plain", filename: "notes.txt" }];
    const run = await box.agent.run({ prompt: "look", files });
    expect(run.result).toBe("notes.txt: of the file");
  });

  suite.it("files go with a prompt, as paths of this machine", async () => {
    await using folder = await temporaryFolder();
    await writeFile(`${folder.path}/notes.md`, "of this machine");
    const box = await suite.agentBox({
      look: `file=$(printf '%s\\n' "$prompt" | sed -n 's/^- //p'); finish "$(basename "$file"): $(cat "$file")"`,
    });
    const run = await box.agent.run({ prompt: "look", files: [`${folder.path}/notes.md`] });
    expect(run.result).toBe("notes.md: of this machine");
  });

  suite.it("a box without an agent says so", async () => {
    const box = await suite.box();
    // The original throws where it is called, ours where it is awaited.
    await expect((async () => box.agent.run({ prompt: "x" }))()).rejects.toThrow(/agent/);
  });

  suite.it("the program of a custom agent can be changed", async () => {
    const box = await suite.agentBox({ x: "finish first" });
    const other = "/workspace/home/other.sh";
    const content = `printf 'event: done\\ndata: {"output":"second"}\\n\\n'`;
    await box.files.write({ path: other, content });
    await box.configureCustomHarness({ command: "sh", args: [other] });
    expect((await box.agent.run({ prompt: "x" })).result).toBe("second");
    expect(box.modelConfig).toMatchObject({ harness: Agent.Custom });
  });

  suite.it("a webhook is told the end of a run that nobody waits for", async () => {
    const { receiver } = suite.local;
    const box = await suite.agentBox({ build: "finish built", fail: "exit 1" });
    for (const [prompt, told] of [
      ["build", { status: "completed", output: "built" }],
      ["fail", { status: "failed", error: expect.any(String) }],
    ] as const) {
      const before = receiver.deliveries.length;
      const webhook = { url: receiver.url, headers: { "x-mine": "1" } };
      const run = await box.agent.run({ prompt, webhook });
      expect(run.status).toBe("running");
      const delivery = (await receiver.received(before + 1)).at(-1);
      expect(delivery?.headers).toMatchObject({ "x-mine": "1" });
      expect(JSON.parse(delivery?.body ?? "")).toMatchObject({
        ...{ box_id: box.id, run_id: run.id },
        ...told,
      });
      expect((await box.listRuns())[0]).toMatchObject({ id: run.id, status: told.status });
    }
  }, ["this machine's services"]);

  suite.it("cancelling ends the loop that reads the stream, without an error", async () => {
    const box = await suite.agentBox({ sleep: "say begun; sleep 1000" });
    const stream = await box.agent.stream({ prompt: "sleep" });
    for await (const chunk of stream) if (chunk.type === "text-delta") await stream.cancel();
    expect(stream.status).toBe("cancelled");
  }, ["cancelling an agent that is listened to"]);

  suite.it("a run may be told its folder", async () => {
    const box = await suite.agentBox({ where: 'finish "$(pwd)"' });
    await box.exec.command("mkdir work");
    const run = await asOurs(box).agent.run({ prompt: "where", folder: "work" });
    expect(run.result).toBe("/workspace/home/work");
  }, ["folders of agent runs"]);

  suite.it("a schema may be of zod 4", async () => {
    const box = await suite.agentBox({ rate: `finish '{\\"score\\":3}'` });
    const responseSchema = z4.object({ score: z4.number() });
    const run = await asOurs(box).agent.run({ prompt: "rate", responseSchema });
    expect(run.result.score).toBe(3);
  }, ["zod 4"]);

  suite.it("a stream may have a schema", async () => {
    const box = await suite.agentBox({ rate: `finish '{\\"score\\":3}'` });
    const responseSchema = z4.object({ score: z4.number() });
    const stream = await asOurs(box).agent.stream({ prompt: "rate", responseSchema });
    for await (const _ of stream);
    expect(stream.result.score).toBe(3);
  }, ["typed streams"]);
}

async function read(stream: TargetStream<TargetAgentChunk>): Promise<TargetAgentChunk[]> {
  const chunks: TargetAgentChunk[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}
