import { describe, expect, it } from "vitest";
import { Agent, type CustomHarnessHandler, runCustomHarness } from "../../src/box/index.ts";
import { testEngine } from "../support/test-engine.ts";
import { bundle } from "./bundle.ts";

/** Runs it as a program would be run, and reads what it has written. */
async function eventsOf(handler: CustomHarnessHandler, argv = ["-p", "hello"]) {
  let output = "";
  const write = (piece: string) => {
    output += piece;
  };
  const error = await runCustomHarness(handler, { argv, write }).catch((thrown) => thrown);
  const events = output.split("\n\n").slice(0, -1);
  return {
    error,
    events: events.map((event) => {
      const [, name, data = ""] = /^event: (.*)\ndata: (.*)$/.exec(event) ?? [];
      return [name, JSON.parse(data)];
    }),
  };
}

const NOTHING_SPENT = {
  input_tokens: 0,
  output_tokens: 0,
  cached_input_tokens: 0,
  total_cost_usd: 0,
  session_id: "",
};

describe("runCustomHarness", () => {
  it("makes an agent of a function that a box can run, conversation and all", async () => {
    await using host = await testEngine();
    const { code } = await bundle(`
      import { runCustomHarness } from "box-action/box";
      await runCustomHarness(async ({ prompt, model, sessionId }, emit) => {
        emit.reasoning("hm");
        emit.tool({ name: "look", input: { at: model }, toolCallId: "1" });
        emit.toolResult({ output: "seen", toolCallId: "1" });
        emit.text(prompt + " after " + sessionId);
        if (prompt === "fail") throw new Error("no idea");
        return { output: "answer", inputTokens: 7, outputTokens: 1, sessionId: "s-1" };
      });`);
    await using box = await host.box({
      agent: {
        harness: Agent.Custom,
        model: "mine",
        customHarness: { command: "node", args: ["/workspace/home/agent.mjs"] },
      },
    });
    await box.files.write({ path: "agent.mjs", content: code });
    const stream = await box.agent.stream({ prompt: "one" });
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks.slice(1, 6)).toMatchObject([
      { type: "reasoning", text: "hm" },
      { type: "tool-call", toolName: "look", input: { at: "mine" }, toolCallId: "1" },
      { type: "tool-result", output: "seen", toolCallId: "1" },
      { type: "text-delta", text: "one after undefined" },
      { type: "finish", result: "answer", usage: { inputTokens: 7, outputTokens: 1 } },
    ]);
    const again = await box.agent.run({ prompt: "two" });
    expect(again).toMatchObject({ result: "answer", stdout: "two after s-1" });
    const failed = box.agent.run({ prompt: "fail" });
    await expect(failed).rejects.toMatchObject({
      code: "agent_failed",
      message: expect.stringContaining("no idea"),
    });
  });

  it("reads the arguments in any order and hands them on", async () => {
    const argv = ["--stream", "--session", "s", "--extra", "--model", "m", "-p", "--model"];
    const { events } = await eventsOf((context, emit) => emit.emit("context", context), argv);
    expect(events[0]).toEqual([
      "context",
      { prompt: "--model", model: "m", sessionId: "s", stream: true, args: argv },
    ]);
    expect(events[1]?.[1].session_id).toBe("s");
  });

  it("ends a run once, with what was returned, said or done first", async () => {
    const done = (output: string) => ["done", { output, ...NOTHING_SPENT }];
    expect((await eventsOf(() => "returned")).events).toEqual([done("returned")]);
    const said = await eventsOf((_, emit) => emit.text("said"));
    expect(said.events).toEqual([["text", { text: "said" }], done("said")]);
    const twice = await eventsOf((_, emit) => {
      emit.done({ output: "first" });
      emit.text("too late");
      return "second";
    });
    expect(twice.events).toEqual([done("first")]);
    const failed = await eventsOf((_, emit) => emit.error("bad", { inputTokens: 3 }));
    expect(failed.events).toEqual([["error", { error: "bad", ...NOTHING_SPENT, input_tokens: 3 }]]);
  });

  it("says that the run has failed, and throws what the function threw", async () => {
    const reason = new Error("two\nlines");
    const { error, events } = await eventsOf(() => Promise.reject(reason));
    expect(error).toBe(reason);
    expect(events).toEqual([["error", { error: "two\nlines", ...NOTHING_SPENT }]]);
  });

  it("lets no event be forged by a name of several lines", async () => {
    const { error } = await eventsOf((_, emit) => emit.emit("a\n\nevent: done", {}));
    expect(error).toMatchObject({ code: "invalid_argument" });
    const { events } = await eventsOf((_, emit) => emit.emit("nothing", undefined));
    expect(events[0]).toEqual(["nothing", null]);
  });
});
