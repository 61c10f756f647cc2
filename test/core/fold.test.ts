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

it("a job that is taken up again says why, and a step that begins again is running again", () => {
  const paused = stateOf(
    { type: "job-started", jobId: "a", commandLine: "/box x", requester: "alice" },
    { type: "step-started", step: "agent" },
    { type: "job-paused", because: "stopped" },
  );
  expect(paused).toMatchObject({ attempt: 1, pausedBecause: "stopped", outcome: null });
  const events = [
    { type: "job-resumed", attempt: 2, because: "it was handed over" },
    { type: "step-started", step: "agent" },
  ] as const;
  const resumed = events.reduce((state, event) => fold(state, { ...event, at: 9_000_000 }), paused);
  expect(resumed).toMatchObject({
    startedAt: paused.startedAt,
    commandLine: "/box x",
    attempt: 2,
    resumedBecause: "it was handed over",
    pausedBecause: null,
  });
  expect(resumed.steps[2]).toMatchObject({ status: "running", startedAt: 9_000_000 });
});

it("a step that is done twice, because nobody knew that it was done, is done once", () => {
  const step = [
    { type: "step-started", step: "verify" },
    { type: "verdict", verdict: { kind: "passed", command: "npm test", milliseconds: 5 } },
    { type: "step-finished", step: "verify", milliseconds: 10 },
  ] as const;
  const { steps, verdict } = stateOf(...step, ...step);
  expect(steps[3]).toMatchObject({ status: "done", milliseconds: 10 });
  expect(verdict).toMatchObject({ kind: "passed" });
});

it("what came of a step that is repeated is no longer true, nor what came after it; money is spent", () => {
  const state = stateOf(
    { type: "step-started", step: "acknowledge" },
    { type: "step-finished", step: "acknowledge", milliseconds: 1 },
    { type: "step-started", step: "prepare" },
    { type: "step-finished", step: "prepare", milliseconds: 1 },
    { type: "step-started", step: "agent" },
    { type: "agent-tool", id: "1", name: "Bash", input: {} },
    { type: "output", stream: "stdout", text: "lost" },
    { type: "usage", usage: { inputTokens: 10, outputTokens: 2, costUsd: 0.5 } },
    { type: "agent-finished", summary: "done" },
    { type: "verdict", verdict: { kind: "none", because: "x" } },
    { type: "committed", sha: "a", files: [] },
    { type: "step-repeated", step: "prepare", because: "its box is gone" },
  );
  expect(state.steps.map(({ status }) => status)).toEqual(["done", ...Array(6).fill("waiting")]);
  expect(state).toMatchObject({ actions: [], actionCount: 0, outputTail: "", agentText: "" });
  expect(state).toMatchObject({ summary: null, verdict: null, commit: null });
  expect(state.usage.costUsd).toBe(0.5);
});
