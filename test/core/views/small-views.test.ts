import { expect, it } from "vitest";
import type { NewJobEvent } from "../../../src/core/events.ts";
import { jobMarker } from "../../../src/core/marker.ts";
import { approvalComment } from "../../../src/core/views/approval-comment.ts";
import { checkView } from "../../../src/core/views/check-view.ts";
import { findingRemark } from "../../../src/core/views/finding-remark.ts";
import { helpComment } from "../../../src/core/views/help-comment.ts";
import { queuedComment } from "../../../src/core/views/queued-comment.ts";
import { refusalComment } from "../../../src/core/views/refusal-comment.ts";
import { reviewBody } from "../../../src/core/views/review-body.ts";
import { stepSummary } from "../../../src/core/views/step-summary.ts";
import { terminalLine } from "../../../src/core/views/terminal-line.ts";
import { aJob } from "../../support/a-job.ts";
import { findings, states } from "./states.ts";

it("help says what was wrong first, and cannot be made to say something else", async () => {
  const text = helpComment("options are not known: `--x` @team [a](b)");
  expect(text).toMatch(/^Options are not known: `--x` @&#8203;team \\\[a\\\]\(b\)\.\n\n/);
  await expect(helpComment()).toMatchFileSnapshot("golden/help.md");
});

it("a refusal is one short line", () => {
  expect(refusalComment()).toMatch(/^[^\n]{1,100}$/);
});

it.each([
  ["thread", 2],
  ["room", 0],
] as const)("a job that waits says why and for how many (%s, %i)", async (because, before) => {
  const job = { ...aJob(), id: "0123456789ab" };
  const marker = jobMarker(job.id);
  const text = queuedComment(job, { marker, because, before });
  await expect(text).toMatchFileSnapshot(`golden/queued-${because}.md`);
});

it("the command line of a job that waits stays one line of code, whatever stands in it", () => {
  const job = aJob();
  job.request.commandLine = "/box `@team` @team\n### x";
  const text = queuedComment(job, { marker: "", because: "thread", before: 1 });
  expect(text).toContain("\n``/box `@team` @team ### x`` for `maya`\n");
  expect(text).toContain("1 job before it.");
});

it("what waits for an approval says what is approved, and by what", async () => {
  const job = aJob();
  job.request.commandLine = "/box fix `@team`";
  const text = approvalComment(job.request, "0123456789abcdef");
  expect(text).not.toMatch(/(?<!`` ?\/box fix `)@team/);
  await expect(text).toMatchFileSnapshot("golden/approval.md");
});

it("a finding stands on its lines, with a suggestion where it is on all of them", async () => {
  const [grave] = findings;
  if (grave === undefined) throw new Error("no finding");
  await expect(findingRemark(grave, true)).toMatchFileSnapshot("golden/finding.md");
  expect(findingRemark(grave, false)).not.toContain("suggestion");
});

it("a suggestion cannot leave its block", () => {
  const [grave] = findings;
  if (grave === undefined) throw new Error("no finding");
  const text = findingRemark({ ...grave, suggestion: "```\n@team" }, true);
  expect(text).toMatch(/````suggestion\n```\n@team\n````$/);
});

it("a review's text has the summary and what stands on no line", async () => {
  const text = reviewBody("It adds **two** numbers for @team.", findings.slice(1));
  await expect(text).toMatchFileSnapshot("golden/review.md");
});

it.each(["working", "done", "tests-fail", "reviewed", "failed", "cancelled", "unchanged"])(
  "the check run of a job that is %s",
  async (name) => {
    const state = states[name];
    if (!state) throw new Error(name);
    const view = checkView(state, { repositoryUrl: "https://github.com/acme/site" });
    expect(view.summary).not.toContain("<!--");
    await expect(`${JSON.stringify({ ...view, summary: "…" }, null, 2)}\n`).toMatchFileSnapshot(
      `golden/check-${name}.json`,
    );
  },
);

it("the step summary has the time of each step and no marker", async () => {
  const state = states.done;
  if (!state) throw new Error("no state");
  const text = stepSummary(state, { repositoryUrl: "https://github.com/acme/site" });
  await expect(text).toMatchFileSnapshot("golden/step-summary.md");
});

it("a terminal line is one line without control characters or runner commands", () => {
  const line = terminalLine({
    at: 0,
    type: "agent-finished",
    summary: "\u001b[31mred\u001b[0m\n::set-output name=a::b\r##[add-path]/x\u202e",
  });
  expect(line).toBe("agent: red : :set-output name=a: :b # #[add-path]/x");
});

it("a terminal line is null for what is not worth one", () => {
  expect(terminalLine({ at: 0, type: "output", stream: "stdout", text: "x" })).toBeNull();
});

const TAKEN_UP: ReadonlyArray<readonly [NewJobEvent, string]> = [
  [
    { type: "job-resumed", attempt: 2, because: "the App was restarted" },
    "taken up again (attempt 2): the App was restarted",
  ],
  [{ type: "job-paused", because: "The App was stopped." }, "paused: The App was stopped."],
  [
    { type: "step-repeated", step: "prepare", because: "its box is gone" },
    "Prepare: again, its box is gone",
  ],
  [{ type: "run-found", runId: "run-1" }, "run run-1 found again"],
  [{ type: "job-finished", outcome: { status: "cancelled", by: "bob" } }, "cancelled by bob"],
];

it.each(TAKEN_UP)("a terminal line tells what became of a job: %j", (event, line) => {
  expect(terminalLine({ ...event, at: 0 })).toBe(line);
});
