import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Box } from "../../src/box/index.ts";
import { killBox } from "../support/kill-box.ts";
import { type TestEngine, testEngine } from "../support/test-engine.ts";

let host: TestEngine;
beforeAll(async () => {
  host = await testEngine();
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  expect(host.errors).toEqual([]);
});

/** A box whose agent is this shell script; `$2` is the prompt, as box-sse-v1 has it. */
async function boxWithAgent(script: string): Promise<Box> {
  const path = "/home/boxuser/agent.sh";
  const box = await host.box({
    agent: { harness: "custom", customHarness: { command: "sh", args: [path] } },
  });
  await box.files.write({ path, content: script });
  return box;
}

const event = (name: string, data: object) =>
  `printf '%s\\n' 'event: ${name}' 'data: ${JSON.stringify(data)}' ''`;
const done = event("done", { output: "all done", input_tokens: 7, output_tokens: 3 });

describe("a custom agent", () => {
  it("is given the prompt, the model and the folder, and its events arrive typed", async () => {
    const box = await boxWithAgent(`
      ${event("text", { text: "hi " })}
      printf 'event: text\\ndata: {"text":"%s|%s"}\\n\\n' "$*" "$(pwd)"
      ${event("tool", { name: "Bash", input: { command: "ls" }, tool_call_id: "t1" })}
      ${event("tool_result", { tool_call_id: "t1", output: "a.txt" })}
      ${event("done", { output: "all done", input_tokens: 7, output_tokens: 3, total_cost_usd: 0.5, session_id: "s1" })}`);
    await box.exec.command("mkdir work");
    await box.cd("work");
    const run = await box.agent.stream({ prompt: "do it" });
    const chunks = [];
    for await (const chunk of run) chunks.push(chunk);
    expect(chunks.map(({ type }) => type)).toEqual([
      ...["start", "text-delta", "text-delta", "tool-call", "tool-result", "finish", "stats"],
    ]);
    expect(chunks[2]).toMatchObject({
      text: "-p do it --model custom --stream|/workspace/home/work",
    });
    expect(run.result).toBe("all done");
    expect(run.cost).toMatchObject({ inputTokens: 7, outputTokens: 3, totalUsd: 0.5 });

    const again = await box.agent.stream({ prompt: "and more" });
    let text = "";
    for await (const chunk of again) if (chunk.type === "text-delta") text += chunk.text;
    expect(text).toContain("--session s1");
  });

  it.each([
    ["ends without a result", "echo broken >&2; exit 3", /exit code 3.*broken/s],
    ["ends well but says nothing", "exit 0", /without a result/],
    [
      "sends an event that is not JSON",
      `printf 'event: text\\ndata: {\\n\\n'; ${done}`,
      /not JSON/,
    ],
    ["sends an event with a wrong field", event("done", { output: 5 }), /output/],
    ["says that it failed", event("error", { error: "out of ideas" }), /out of ideas/],
  ])("that %s has failed", async (_what, script, message) => {
    const box = await boxWithAgent(script);
    await expect(box.agent.run({ prompt: "x" })).rejects.toThrow(message);
  });

  it("may print what is no event, and cut its events anywhere", async () => {
    const box = await boxWithAgent(`
      echo 'some chatter'; echo
      printf 'event: te'; sleep 0.1; printf 'xt\\ndata: {"text":"gr\\303'; sleep 0.1
      printf '\\274n"}\\n\\n'; ${done}`);
    const run = await box.agent.stream({ prompt: "x" });
    let text = "";
    for await (const chunk of run) if (chunk.type === "text-delta") text += chunk.text;
    expect(text).toBe("grün");
  });

  it("goes on when its reader leaves, and its run is recorded", async () => {
    const box = await boxWithAgent(`
      ${event("text", { text: "one" })}; sleep 0.5; ${event("text", { text: "two" })}; touch /workspace/home/finished; ${done}`);
    const run = await box.agent.stream({ prompt: "x" });
    for await (const chunk of run) if (chunk.type === "text-delta") break;
    expect(run.status).toBe("detached");
    await expect
      .poll(async () => (await host.request(`/${box.id}/runs/${run.id}`)).json(), {
        timeout: 5_000,
      })
      .toMatchObject({ type: "agent", status: "completed", input_tokens: 7 });
    expect(await box.files.read("finished")).toBe("");
  });

  it("is ended with all its children when the run is cancelled", async () => {
    const box = await boxWithAgent(
      `sleep 1000 & echo $! > child; ${event("text", { text: "x" })}; wait`,
    );
    const run = await box.agent.stream({ prompt: "x" });
    for await (const chunk of run) if (chunk.type === "text-delta") await run.cancel();
    const child = (await box.files.read("child")).trim();
    await expect
      .poll(async () => (await box.exec.command(`kill -0 ${child}`)).exitCode)
      .not.toBe(0);
  });

  it.each([
    ["is deleted", (box: Box) => box.delete()],
    ["dies", (box: Box) => killBox(box.id)],
  ])("has failed when its box %s, and the engine and its other boxes go on", async (_how, end) => {
    const box = await boxWithAgent(`${event("text", { text: "x" })}; echo word >&2; sleep 1000`);
    const other = await host.box();
    const reading = (async () => {
      const response = await host.request(`/${box.id}/run/stream`, {
        method: "POST",
        body: JSON.stringify({ prompt: "x" }),
      });
      let text = "";
      for await (const chunk of response.body ?? []) {
        const before = text.includes("event: text");
        text += Buffer.from(chunk);
        if (!before && text.includes("event: text")) await end(box);
      }
      return text;
    })();
    expect(await reading).toMatch(/event: error\ndata: .*\n\nevent: stats\ndata: .*\n\n$/);
    expect((await other.exec.command("echo alive")).result).toBe("alive");
    await other.delete();
  });

  it("whose box dies is recorded as failed, and the box wakes again", async () => {
    const box = await boxWithAgent(`${event("text", { text: "x" })}; sleep 1000`);
    const run = await box.agent.stream({ prompt: "x" });
    const reading = (async () => {
      for await (const chunk of run) if (chunk.type === "text-delta") await killBox(box.id);
    })();
    await expect(reading).rejects.toThrow(/box stopped/);
    expect(await (await host.request(`/${box.id}/runs/${run.id}`)).json()).toMatchObject({
      status: "failed",
      error_message: expect.stringContaining("box stopped"),
    });
    expect((await box.exec.command("echo again")).result).toBe("again");
  });

  it("whose program is not there is refused before anything runs", async () => {
    const box = await host.box({
      agent: { harness: "custom", customHarness: { command: "no-such-agent" } },
    });
    await expect(box.agent.run({ prompt: "x" })).rejects.toThrow(
      /cannot be started.*no-such-agent/,
    );
    const outside = await host.box({
      agent: { harness: "custom", customHarness: { command: "/usr/bin/env" } },
    });
    await expect(outside.agent.run({ prompt: "x" })).rejects.toThrow(/must be a name on PATH/);
  });

  it("that the engine does not drive is refused by name", async () => {
    const box = await host.box({ agent: { harness: "cursor", model: "cursor/default" } });
    await expect(box.agent.run({ prompt: "x" })).rejects.toThrow(/does not drive cursor/);
  });
});
