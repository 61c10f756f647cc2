import { expect, it } from "vitest";
import { ACTIONS_KEPT, fold, OUTPUT_KEPT } from "../../src/core/fold.ts";
import { initialState } from "../../src/core/state.ts";
import { stateOf } from "./views/states.ts";

it("steps know when they began, how long they took, and where a failed job stood", () => {
  const state = stateOf(
    { type: "step-started", step: "prepare" },
    { type: "step-finished", step: "prepare", milliseconds: 400 },
    { type: "step-started", step: "agent" },
    { type: "job-finished", outcome: { status: "interrupted", because: "stopped" } },
  );
  expect(state.steps.slice(1, 4)).toEqual([
    { name: "prepare", status: "done", startedAt: 1_000_000, milliseconds: 400 },
    { name: "agent", status: "failed", startedAt: 1_002_000, milliseconds: null },
    { name: "verify", status: "waiting", startedAt: null, milliseconds: null },
  ]);
  expect(state.updatedAt).toBe(1_003_000);
});

it("usage adds up", () => {
  const usage = { inputTokens: 10, outputTokens: 2, costUsd: 0.5 };
  expect(stateOf({ type: "usage", usage }, { type: "usage", usage }).usage).toEqual({
    inputTokens: 20,
    outputTokens: 4,
    costUsd: 1,
  });
});

it("keeps the last actions and the end of the output, and counts the rest", () => {
  const state = stateOf(
    ...Array.from({ length: 25 }, (_, at) => ({
      type: "agent-tool" as const,
      id: `${at}`,
      name: "Bash",
      input: { command: `echo\n ${at}` },
    })),
    { type: "output", stream: "stdout", text: "a".repeat(OUTPUT_KEPT) },
    { type: "output", stream: "stderr", text: "end" },
    { type: "agent-tool-result", id: "24", output: "24" },
  );
  expect(state.actions).toHaveLength(ACTIONS_KEPT);
  expect(state.actionCount).toBe(25);
  expect(state.actions.at(-1)).toEqual({
    id: "24",
    tool: "Bash",
    subject: "echo 24",
    finished: true,
  });
  expect(state.outputTail).toHaveLength(OUTPUT_KEPT);
  expect(state.outputTail.endsWith("end")).toBe(true);
  expect(state.outputDropped).toBe(3);
});

it("leaves the given state alone, and an event of a later version too", () => {
  const before = Object.freeze(initialState());
  // biome-ignore lint/suspicious/noExplicitAny: an event that this version does not know
  const after = fold(before, { type: "from-the-future", at: 5 } as any);
  expect(before).toEqual(initialState());
  expect(after).toEqual({ ...initialState(), startedAt: 5, updatedAt: 5 });
});
