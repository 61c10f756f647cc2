import type { JobEvent, NewJobEvent, Outcome, StepName } from "../../../src/core/events.ts";
import { fold } from "../../../src/core/fold.ts";
import type { Finding } from "../../../src/core/review-findings.ts";
import { initialState, type JobState } from "../../../src/core/state.ts";

/** Folds events that are one second apart. */
export function stateOf(...events: NewJobEvent[]): JobState {
  return events.reduce(
    (state, event, index) => fold(state, { ...event, at: 1_000_000 + index * 1_000 } as JobEvent),
    initialState(),
  );
}

const started: NewJobEvent = {
  type: "job-started",
  jobId: "0123456789ab",
  commandLine: "/box fix the failing test",
  requester: "alice",
};
const step = (name: StepName, milliseconds: number): NewJobEvent[] => [
  { type: "step-started", step: name },
  { type: "step-finished", step: name, milliseconds },
];
const begun: NewJobEvent[] = [started, ...step("acknowledge", 120), ...step("prepare", 4_200)];
const work: NewJobEvent[] = [
  { type: "step-started", step: "agent" },
  { type: "agent-text", text: "I look at the test first." },
  { type: "agent-tool", id: "1", name: "Bash", input: { command: "npm test" } },
  {
    type: "output",
    stream: "stdout",
    text: "\u001b[31mnot ok\u001b[39m 1 - adds\nexpected 4, got 5\n",
  },
  { type: "agent-tool-result", id: "1", output: "not ok" },
  { type: "agent-tool", id: "2", name: "Edit", input: { file_path: "src/add.js", old: "a" } },
  { type: "usage", usage: { inputTokens: 1_200, outputTokens: 80, costUsd: 0.0312 } },
];
const files = [
  { path: "src/add.js", status: "modified" as const, added: 1, deleted: 1 },
  { path: "assets/logo.png", status: "added" as const, added: null, deleted: null },
];
const sha = "8a7d1890c0ffee8a7d1890c0ffee8a7d1890c0ff";
const passed: NewJobEvent = {
  type: "verdict",
  verdict: { kind: "passed", command: "npm test", milliseconds: 2_300 },
};
const failed: NewJobEvent = {
  type: "verdict",
  verdict: {
    kind: "failed",
    command: "npm test",
    milliseconds: 2_300,
    exitCode: 1,
    tail: "not ok 2 - adds zero\n",
  },
};
const pushed: NewJobEvent[] = [
  ...step("collect", 300),
  { type: "committed", sha, files },
  { type: "step-started", step: "publish" },
  {
    type: "published",
    sha,
    branch: "feature",
    pullRequest: { number: 7, url: "https://github.com/acme/site/pull/7", created: false },
  },
  { type: "step-finished", step: "publish", milliseconds: 900 },
];
const spoken = (summary: string): NewJobEvent[] => [
  ...work,
  { type: "agent-finished", summary },
  { type: "step-finished", step: "agent", milliseconds: 6_000 },
];
const end = (outcome: Outcome): NewJobEvent => ({ type: "job-finished", outcome });
const fixed =
  "Fixed `add()`: it **counted** from one.\n\n- the test now passes\n- see @team, fixes #1";
const refused: Outcome = {
  status: "failed",
  failure: {
    code: "push-refused",
    step: "publish",
    message: "The branch `feature` has moved since the job began.",
    remedy: "Comment the same command again, or apply the patch below with `git apply`.",
  },
};
const patch =
  "diff --git a/src/add.js b/src/add.js\n--- a/src/add.js\n+++ b/src/add.js\n@@ -1 +1 @@\n-a\n+b\n";
const manyFiles = Array.from({ length: 23 }, (_, index) => ({
  path: `src/part-${index}.ts`,
  status: "modified" as const,
  added: index,
  deleted: 1,
}));

const checkMade: NewJobEvent = {
  type: "check-made",
  url: "https://github.com/acme/site/runs/47",
};

/** What a review says: grave and with a mend, and small. */
export const findings: Finding[] = [
  {
    path: "src/add.js",
    line: 3,
    startLine: 2,
    severity: "error",
    title: "Counts from **one**, @team",
    body: "`add(0, 0)` is 1, see #1.\n\n- start at zero\n- <b>test it</b>",
    suggestion: "  let sum = 0;\n  return sum + a + b;",
  },
  {
    path: "README.md",
    line: 40,
    startLine: null,
    severity: "note",
    title: "Says the opposite",
    body: "It still says that it counts from one.",
    suggestion: null,
  },
];

/** One state for each thing a comment can say. */
export const states: Record<string, JobState> = {
  started: stateOf(started, { type: "step-started", step: "prepare" }),
  working: stateOf(...begun, ...work),
  testing: stateOf(...begun, ...spoken(fixed), { type: "step-started", step: "verify" }),
  done: stateOf(...begun, ...spoken(fixed), passed, ...pushed, end({ status: "succeeded" })),
  untested: stateOf(
    ...begun,
    { type: "verdict", verdict: { kind: "none", because: "No test command was found." } },
    { type: "committed", sha, files: manyFiles },
    ...pushed.slice(3),
    end({ status: "succeeded" }),
  ),
  "tests-fail": stateOf(
    ...begun,
    ...spoken(fixed),
    failed,
    ...pushed,
    end({ status: "succeeded" }),
  ),
  repairing: stateOf(
    ...begun,
    ...spoken(fixed),
    { type: "step-started", step: "verify" },
    failed,
    { type: "repair-started", attempt: 1, of: 2 },
    { type: "agent-tool", id: "3", name: "Read", input: { file_path: "src/add.js" } },
  ),
  repaired: stateOf(
    ...begun,
    ...spoken("Wrong."),
    failed,
    { type: "repair-started", attempt: 1, of: 2 },
    ...spoken(fixed),
    passed,
    ...pushed,
    end({ status: "succeeded" }),
  ),
  "held-back": stateOf(
    ...begun,
    ...spoken(fixed),
    passed,
    {
      type: "work-held-back",
      paths: [".github/workflows/ci.yml", "odd`name.md"],
      patch,
      truncated: false,
    },
    ...pushed,
    end({ status: "succeeded" }),
  ),
  answered: stateOf(
    { ...started, commandLine: "/box ask where is add?" },
    ...spoken("In `src/add.js`, line 1."),
    end({ status: "succeeded" }),
  ),
  unchanged: stateOf(...begun, ...spoken("There is nothing to do."), end({ status: "unchanged" })),
  failed: stateOf(
    started,
    { type: "step-started", step: "prepare" },
    end({
      status: "failed",
      failure: {
        code: "box-unavailable",
        step: "prepare",
        message: "bubblewrap is not installed on this machine.",
        remedy: "Install it: `apt-get install bubblewrap`.",
      },
    }),
  ),
  "work-kept": stateOf(
    ...begun,
    ...spoken(fixed),
    passed,
    ...step("collect", 300),
    { type: "committed", sha, files },
    { type: "step-started", step: "publish" },
    { type: "work-kept", patch, truncated: false },
    end(refused),
  ),
  interrupted: stateOf(
    ...begun,
    ...work,
    end({ status: "interrupted", because: "The App was stopped." }),
  ),
  cancelled: stateOf(...begun, ...work, end({ status: "cancelled", by: "bob" })),
  paused: stateOf(...begun, ...work, {
    type: "job-paused",
    because: "The App was stopped (SIGTERM).",
  }),
  "taken-up-again": stateOf(
    ...begun,
    ...work,
    { type: "job-resumed", attempt: 2, because: "the App was restarted" },
    { type: "step-repeated", step: "prepare", because: "the agent's run was cut off" },
    { type: "step-started", step: "prepare" },
  ),
  "with-todos": stateOf(...begun, ...work, checkMade, {
    type: "agent-tool",
    id: "4",
    name: "TodoWrite",
    input: {
      todos: [
        { content: "Read the test", status: "completed" },
        { content: "Mend `add()` for @team", status: "in_progress" },
        { content: "Run the tests", status: "pending" },
      ],
    },
  }),
  "done-and-kept": stateOf(
    ...begun,
    checkMade,
    ...spoken(fixed),
    passed,
    ...pushed,
    { type: "noted", note: "The reviewers could not be asked: bob is no collaborator." },
    { type: "box-kept", boxId: "calm-fox-1" },
    end({ status: "succeeded" }),
  ),
  rebased: stateOf(
    ...begun,
    ...spoken(fixed),
    passed,
    { type: "rebased", onto: "0123456789abcdef0123456789abcdef01234567" },
    ...pushed,
    end({ status: "succeeded" }),
  ),
  "own-branch": stateOf(
    ...begun,
    ...spoken(fixed),
    passed,
    { type: "committed", sha, files },
    { type: "published", sha, branch: "box/pr-7-0123456789ab", pullRequest: null },
    end({ status: "succeeded" }),
  ),
  planned: stateOf(
    { ...started, commandLine: "/box plan a cache" },
    ...spoken("1. Make a map in `src/cache.js`.\n2. Test that it forgets."),
    { type: "planned", id: "1f0c6a2" },
    end({ status: "succeeded" }),
  ),
  reviewed: stateOf(
    { ...started, commandLine: "/box review" },
    ...spoken("It adds two numbers, and counts from one."),
    { type: "reviewed", findings },
    { type: "review-published", url: "https://github.com/acme/site/pull/7#r1", known: 1 },
    end({ status: "succeeded" }),
  ),
  "reviewed-clean": stateOf(
    { ...started, commandLine: "/box review" },
    ...spoken("It adds two numbers."),
    { type: "reviewed", findings: [] },
    { type: "review-published", url: null, known: 0 },
    { type: "box-kept", boxId: "calm-fox-1" },
    end({ status: "succeeded" }),
  ),
};
