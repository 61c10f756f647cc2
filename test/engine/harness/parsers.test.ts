import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { claudeCode } from "../../../src/engine/harness/claude-code.ts";
import { codex } from "../../../src/engine/harness/codex.ts";
import type { AgentEvent, Harness } from "../../../src/engine/harness/harness.ts";
import { openCode } from "../../../src/engine/harness/opencode.ts";
import { CLAUDE_CODE, CODEX, OPENCODE } from "./recorded.ts";

const lines = (objects: readonly unknown[]) =>
  Buffer.from(objects.map((object) => `${JSON.stringify(object)}\n`).join(""));

/** What a program's output is read as, cut where `cut` says. */
function read(harness: Harness, bytes: Buffer, code: number | null = 0, cut = bytes.length || 1) {
  const events: AgentEvent[] = [];
  const parser = harness.parser((event) => events.push(event));
  for (let at = 0; at < bytes.length; at += cut) parser.push(bytes.subarray(at, at + cut));
  const end = parser.end(code);
  return { events: events.map(({ name, data }) => [name, data]), end, session: parser.session };
}

const call = (id: string, name: string, input: object) => [
  "tool",
  { name, input, tool_call_id: id },
];
const result = (id: string, output: string, failed = false) => [
  "tool_result",
  { tool_call_id: id, output, ...(failed ? { is_error: true } : {}) },
];

const PROGRAMS = [
  {
    harness: claudeCode,
    recorded: CLAUDE_CODE,
    session: "s1",
    expected: [
      ["thinking", { text: "Hm" }],
      ["text", { text: "I will " }],
      ["text", { text: "write" }],
      call("toolu_1", "Write", { file_path: "/r/a", content: "x" }),
      result("toolu_1", "File created"),
      call("toolu_2", "Task", {}),
      call("toolu_3", "Bash", { command: "ls" }),
      result("toolu_3", "a\n[image]", true),
      ["prompt_suggestion", { suggestion: "run the tests" }],
    ],
  },
  {
    harness: codex,
    recorded: CODEX,
    session: "t1",
    expected: [
      ["thinking", { text: "Hm" }],
      ["text", { text: "I will write" }],
      call("item_3", "shell", { command: "/bin/bash -lc false" }),
      result("item_3", "out\nexit code 1", true),
      call("item_4", "apply_patch", { changes: [{ path: "/r/a", kind: "add" }] }),
      result("item_4", "completed"),
      call("item_5", "srv.say", { words: "hi" }),
      result("item_5", "pong"),
      call("item_6", "srv.say", {}),
      result("item_6", "gone", true),
      call("item_7", "web_search", { query: "x" }),
      result("item_7", "completed"),
      ["text", { text: "Done" }],
    ],
  },
  {
    harness: openCode,
    recorded: OPENCODE,
    session: "ses_1",
    expected: [
      ["thinking", { text: "Hm" }],
      ["text", { text: "I will write" }],
      call("call_1", "write", { filePath: "/r/a" }),
      result("call_1", "Wrote file"),
      call("call_2", "bash", { command: "false" }),
      result("call_2", "(no output)\nexit code 1", true),
      call("call_3", "edit", {}),
      result("call_3", "File not found", true),
      ["text", { text: "Done" }],
    ],
  },
];

describe.each(PROGRAMS)("what $harness.name prints", ({ harness, recorded, session, expected }) => {
  const whole = lines(recorded);

  it("is read as the events of the API, with its end and its conversation", () => {
    const seen = read(harness, whole);
    expect(seen.events).toEqual(expected);
    expect(seen.end).toEqual({ name: "done", data: { output: "Done" } });
    expect(seen.session).toBe(session);
  });

  it.each([1, 7, 1000])("means the same in pieces of %i bytes", (cut) => {
    expect(read(harness, whole, 0, cut)).toEqual(read(harness, whole));
  });

  it("may lack the end of its last line, and have others' line ends, colours, and chatter in it", () => {
    expect(read(harness, whole.subarray(0, -1))).toEqual(read(harness, whole));
    const decorated = whole
      .toString()
      .replaceAll("\n", "\r\n\u001b[2K\u001b[32mwarning: not JSON\u001b[0m\n[1,2]\nnull\n{\n");
    expect(read(harness, Buffer.from(decorated))).toEqual(read(harness, whole));
  });

  it("may have characters that are cut in two", () => {
    const text = JSON.parse(JSON.stringify(recorded).replaceAll("Hm", "Hm grün 🚀")) as object[];
    expect(read(harness, lines(text), 0, 3).events[0]).toEqual([
      "thinking",
      { text: "Hm grün 🚀" },
    ]);
  });

  it("has a line left out that is longer than anybody reads, and is read on", () => {
    const long = Buffer.alloc(11 * 2 ** 20, "x");
    const seen = read(harness, Buffer.concat([long, Buffer.from("\n"), whole]), 0, 65_536);
    expect(seen.events[0]).toEqual(["thinking", { text: expect.stringContaining("left out") }]);
    expect(seen.events.slice(1)).toEqual(expected);
    expect(seen.end?.name).toBe("done");
  });

  it("tells no end when it stops in the middle", () => {
    for (let count = 0; count < recorded.length - 1; count++) {
      const { end } = read(harness, lines(recorded.slice(0, count)), 0);
      if (harness !== openCode || count < recorded.length - 1) expect(end).toBeUndefined();
    }
    expect(read(harness, lines(recorded.slice(0, 3)), null).end).toBeUndefined();
  });

  it("tells in its own words why it did not even begin", () => {
    const { end } = read(harness, Buffer.from("error: unknown option '--x'\n"), 1);
    expect(end).toEqual({ name: "error", data: { error: "error: unknown option '--x'" } });
  });

  it("may have anything in every place and is never a failure to read", () => {
    const value = fc.jsonValue({ maxDepth: 2 });
    fc.assert(
      fc.property(
        fc.nat(recorded.length - 1),
        fc.array(fc.tuple(fc.nat(50), value), { maxLength: 3 }),
        (index, changes) => {
          const line = structuredClone(recorded[index]) as Record<string, unknown>;
          for (const [place, changed] of changes) replaceAt(line, place, changed);
          const { events } = read(harness, lines([line]));
          for (const [name, data] of events as Array<[string, Record<string, unknown>]>) {
            if (name === "text" || name === "thinking") expect(typeof data.text).toBe("string");
            if (name === "tool") expect(typeof data.name).toBe("string");
            if (name === "tool_result") expect(typeof data.output).toBe("string");
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

/** Puts a value in the place of the n-th one, counted through all that is nested. */
function replaceAt(object: Record<string, unknown>, place: number, value: unknown): void {
  const places: Array<() => void> = [];
  const walk = (each: unknown) => {
    if (typeof each !== "object" || each === null) return;
    for (const key of Object.keys(each)) {
      places.push(() => {
        (each as Record<string, unknown>)[key] = value;
      });
      walk((each as Record<string, unknown>)[key]);
    }
  };
  walk(object);
  places[place % places.length]?.();
}

describe("Claude Code's result", () => {
  const ended = (fields: object) =>
    read(claudeCode, lines([{ type: "result", session_id: "s", ...fields }]), 1).end;

  it.each([
    [
      {
        subtype: "success",
        is_error: true,
        terminal_reason: "api_error",
        result: "API Error: 400 no",
      },
      "API Error: 400 no",
    ],
    [
      {
        subtype: "error_max_turns",
        is_error: true,
        terminal_reason: "max_turns",
        errors: ["Reached maximum number of turns (3)"],
      },
      "Reached maximum number of turns (3); raise maxTurns.",
    ],
    [
      {
        subtype: "error_max_budget_usd",
        is_error: true,
        terminal_reason: "budget_exhausted",
        errors: ["Reached maximum budget ($1)"],
      },
      "Reached maximum budget ($1)",
    ],
    [
      {
        subtype: "error_during_execution",
        is_error: true,
        terminal_reason: "aborted_streaming",
        errors: [],
      },
      "Claude Code failed: aborted_streaming.",
    ],
  ])("is a failure by is_error, whatever the subtype says: %j", (fields, error) => {
    expect(ended(fields)).toEqual({ name: "error", data: { error } });
  });

  it("has the structured answer as JSON where there is one", () => {
    expect(ended({ is_error: false, result: "words", structured_output: { a: 1 } })).toEqual({
      name: "done",
      data: { output: '{"a":1}' },
    });
  });

  it("has text that did not come in pieces", () => {
    const message = { id: "m9", model: "m", content: [{ type: "text", text: "whole" }] };
    const { events } = read(claudeCode, lines([{ type: "assistant", message, session_id: "s" }]));
    expect(events).toEqual([["text", { text: "whole" }]]);
  });
});

describe("the end of Codex and OpenCode", () => {
  it("is a failed turn, but no notice", () => {
    const failed = { type: "turn.failed", error: { message: "unexpected status 400" } };
    expect(read(codex, lines([CODEX[0], { type: "error", message: "x" }, failed]), 1).end).toEqual({
      name: "error",
      data: { error: "unexpected status 400" },
    });
  });

  it("is an error event of OpenCode, and never a step that wants to go on", () => {
    const error = {
      type: "error",
      sessionID: "s",
      error: { name: "APIError", data: { message: "no" } },
    };
    expect(read(openCode, lines([...OPENCODE, error]), 1).end).toEqual({
      name: "error",
      data: { error: "no" },
    });
    expect(read(openCode, lines(OPENCODE.slice(0, 7)), 0).end).toBeUndefined();
    expect(read(openCode, lines(OPENCODE), 1).end).toBeUndefined();
  });
});
