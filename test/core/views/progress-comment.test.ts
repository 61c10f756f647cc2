import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jobMarker } from "../../../src/core/marker.ts";
import { MAXIMUM_COMMENT, progressComment } from "../../../src/core/views/progress-comment.ts";
import { stateOf, states } from "./states.ts";

const context = {
  marker: jobMarker("0123456789ab"),
  repositoryUrl: "https://github.com/acme/site",
  logUrl: "https://box.example.com/jobs/0123456789ab",
};

describe("the comment of a job that is", () => {
  it.each(Object.keys(states))("%s", async (name) => {
    const state = states[name];
    if (!state) throw new Error(name);
    const text = progressComment(state, context);
    await expect(text).toMatchFileSnapshot(`golden/${name}.md`);
    expect(text.split("\n")[0]).toBe(context.marker);
  });
});

it("never says that something is fixed or done in its own words when the tests are red", () => {
  const state = states["tests-fail"];
  if (!state) throw new Error("no state");
  const own = progressComment(state, context).replace(/^> .*$/gm, "");
  expect(own).not.toMatch(/\b(fixed|done|✅)/i);
  expect(own).toMatch(/the tests fail/);
});

it("mentions nobody, not even who asked", () => {
  for (const state of Object.values(states)) {
    expect(progressComment(state, context)).not.toMatch(/@[A-Za-z0-9]/);
  }
});

it("counts elapsed time up to now while the job runs, and to its end after it", () => {
  const { working, done } = states;
  if (!working || !done) throw new Error("no state");
  expect(progressComment(working, { ...context, now: 1_000_000 + 184_000 })).toContain("3 min 4 s");
  expect(progressComment(done, { ...context, now: 9_000_000 })).toBe(
    progressComment(done, context),
  );
});

it("stays below what GitHub takes, whatever comes out of the box", () => {
  const piece = fc.constantFrom(
    "@",
    "`",
    "#1 ",
    "<b>",
    "x",
    "\n",
    "```\n",
    "[a](b)",
    "\u200b",
    "é",
  );
  const text = fc.tuple(piece, fc.constantFrom(1, 500, 70_000)).map(([p, n]) => p.repeat(n));
  fc.assert(
    fc.property(text, text, text, text, (summary, tail, patch, message) => {
      const events = [
        { type: "job-started", jobId: "a", commandLine: message, requester: tail },
        ...Array.from({ length: 20 }, (_, index) => ({
          type: "agent-tool" as const,
          id: `${index}`,
          name: message,
          input: { command: tail },
        })),
        { type: "output", stream: "stdout", text: tail },
        { type: "agent-finished", summary },
        {
          type: "verdict",
          verdict: { kind: "failed", command: tail, milliseconds: 1, exitCode: 1, tail },
        },
        {
          type: "committed",
          sha: "a",
          files: Array.from({ length: 30 }, () => ({
            path: tail,
            status: "added" as const,
            added: 1,
            deleted: 1,
          })),
        },
        { type: "work-kept", patch, truncated: false },
      ] as const;
      const failure = { code: message, step: "publish", message, remedy: message } as const;
      for (const outcome of [
        { status: "succeeded" },
        { status: "failed", failure },
        { status: "interrupted", because: message },
      ] as const) {
        const state = stateOf(...events, { type: "job-finished", outcome });
        expect(progressComment(state, context).length <= MAXIMUM_COMMENT).toBe(true);
      }
    }),
    { numRuns: 25, verbose: false },
  );
});

it("is made in time for hostile output", () => {
  const start = performance.now();
  const state = stateOf(
    { type: "job-started", jobId: "a", commandLine: "x".repeat(500_000), requester: "alice" },
    { type: "agent-finished", summary: "*`".repeat(500_000) },
    { type: "work-kept", patch: "x".repeat(1_000_000), truncated: false },
    { type: "job-finished", outcome: { status: "interrupted", because: "[".repeat(500_000) } },
  );
  progressComment(state, context);
  expect(performance.now() - start).toBeLessThan(2_000);
});

it("cuts a patch from the middle and says how much is missing", () => {
  const patch = `first line\n${"x\n".repeat(60_000)}last line`;
  const state = stateOf(
    { type: "job-started", jobId: "a", commandLine: "/box fix", requester: "alice" },
    { type: "work-kept", patch, truncated: false },
    { type: "job-finished", outcome: { status: "interrupted", because: "The App was stopped." } },
  );
  const text = progressComment(state, context);
  expect(text).toMatch(/first line[\s\S]*… [\d,]+ characters left out …[\s\S]*last line/);
});
