import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AgentStreamParser } from "../../src/box/agent-stream-parser.ts";
import { type AgentChunk, BoxError } from "../../src/box/index.ts";
import { bytes, cutAt, cuts, cutsInTwo } from "./pieces.ts";

const event = (name: string, data: unknown) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;

function parse(pieces: Uint8Array[]): (AgentChunk | BoxError)[] {
  const parser = new AgentStreamParser();
  return [...pieces.flatMap((piece) => parser.push(piece)), ...parser.end()];
}

const parseText = (text: string) => parse([bytes(text)]);

const STREAM =
  event("run_start", { run_id: "run-1" }) +
  ": keep-alive\n\n" +
  event("thinking", { text: "hm…" }) +
  event("text", { text: "añ€𝄞" }) +
  event("tool", { name: "Bash", input: { command: "ls" }, tool_use_id: "t1" }) +
  event("tool_result", { output: "a.txt", tool_use_id: "t1" }) +
  event("done", {
    output: "finished",
    input_tokens: 10,
    output_tokens: 2,
    cached_input_tokens: 4,
    total_cost_usd: 0.5,
    session_id: "s1",
  }) +
  event("stats", { cpu_ns: 3e6, memory_peak_bytes: 7 });

const usage = { inputTokens: 10, outputTokens: 2, cachedInputTokens: 4 };
const CHUNKS: AgentChunk[] = [
  { type: "start", runId: "run-1" },
  { type: "reasoning", text: "hm…" },
  { type: "text-delta", text: "añ€𝄞" },
  { type: "tool-call", toolName: "Bash", input: { command: "ls" }, toolCallId: "t1" },
  { type: "tool-result", output: "a.txt", toolCallId: "t1" },
  {
    type: "finish",
    usage,
    cost: { ...usage, computeMs: 0, totalUsd: 0.5 },
    result: "finished",
    output: "finished",
    sessionId: "s1",
  },
  { type: "stats", cpuNs: 3e6, memoryPeakBytes: 7 },
];

describe("AgentStreamParser", () => {
  it("reads every kind of event, wherever the stream is cut in two", () => {
    for (const pieces of cutsInTwo(bytes(STREAM))) expect(parse(pieces)).toEqual(CHUNKS);
  });

  it("reads any text the same however the stream is cut", () => {
    const text = fc.string({ unit: "binary" }).filter((s) => !s.includes("\u001b"));
    fc.assert(
      fc.property(fc.array(text), cuts, (texts, at) => {
        const stream = texts.map((text) => event("text", { text })).join("");
        const expected = texts.map((t) => ({ type: "text-delta", text: t }));
        // Lone surrogates are escaped in JSON, so they survive.
        expect(parse(cutAt(bytes(stream), at))).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it.each(["tool_call_id", "tool_use_id", "toolCallId", "id"])(
    "finds a tool call's id as %s",
    (key) => {
      expect(parseText(event("tool", { name: "Read", input: {}, [key]: "x" }))).toEqual([
        { type: "tool-call", toolName: "Read", input: {}, toolCallId: "x" },
      ]);
    },
  );

  it("removes terminal colours in the text, around events, and cut in two", () => {
    const coloured =
      "\u001b[2K\u001b[1;32mevent: text\u001b[0m\n" +
      `data: ${JSON.stringify({ text: "\u001b[31mred\u001b[0m and \u001b[" })}\n\n` +
      event("text", { text: "32mgreen\u001b]0;title\u0007!" });
    for (const pieces of cutsInTwo(bytes(coloured))) {
      expect(parse(pieces)).toEqual([
        { type: "text-delta", text: "red and " },
        { type: "text-delta", text: "green!" },
      ]);
    }
  });

  it("hands on events it does not know, and known ones with other data, as unknown", () => {
    const stream =
      event("plan", { steps: 3 }) +
      "event: text\ndata: not json\n\n" +
      event("text", null) +
      'event: text\ndata: {"text":"a\ttab"}\n\n' +
      'event: text\ndata: {"text":"a"b"}\n\n' +
      event("tool", { input: 1 }) +
      event("stats", []) +
      'data: {"a":1}\n\n';
    expect(parseText(stream)).toEqual([
      { type: "unknown", event: "plan", data: { steps: 3 } },
      { type: "unknown", event: "text", data: "not json" },
      { type: "unknown", event: "text", data: null },
      { type: "unknown", event: "text", data: '{"text":"a\ttab"}' },
      { type: "unknown", event: "text", data: '{"text":"a"b"}' },
      { type: "unknown", event: "tool", data: { input: 1 } },
      { type: "unknown", event: "stats", data: [] },
      { type: "unknown", event: "message", data: { a: 1 } },
    ]);
  });

  it("makes an error of an error event, whatever it holds", () => {
    for (const data of [{ error: "out of credit." }, "out of credit", '"out of credit"']) {
      const [error] = parseText(event("error", data));
      expect(BoxError.isInstance(error) && error.code).toBe("agent_failed");
      expect((error as BoxError).message).toContain("out of credit");
    }
    expect(parseText("event: error\ndata:\n\n")[0]).toBeInstanceOf(BoxError);
  });

  it("reads carriage returns, a byte order mark and several data lines", () => {
    expect(parseText('\ufeffevent: text\r\ndata: {"text":\r\ndata: "a"}\r\n\r\n')).toEqual([
      { type: "text-delta", text: "a" },
    ]);
  });

  it("gives an answer that is an object as its JSON", () => {
    expect(parseText(event("done", { output: { a: 1 } }))[0]).toMatchObject({
      type: "finish",
      result: '{"a":1}',
      usage: { inputTokens: 0, outputTokens: 0 },
    });
  });

  it("reads a large event in small pieces in linear time", () => {
    const text = "x".repeat(4 * 1024 * 1024);
    const whole = bytes(event("text", { text }));
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < whole.length; at += 64) pieces.push(whole.subarray(at, at + 64));
    const started = performance.now();
    expect(parse(pieces)).toEqual([{ type: "text-delta", text }]);
    // Some 0.1 s on a quiet machine.
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it("does not count an event that was cut off", () => {
    expect(parseText("event: done\ndata: {}")).toEqual([]);
  });
});
