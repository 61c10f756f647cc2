import type { Finding } from "./review-findings.ts";

/** The steps of a job, in their order (DESIGN §3). */
export const STEP_NAMES = [
  "acknowledge",
  "prepare",
  "agent",
  "verify",
  "collect",
  "publish",
  "settle",
] as const;
export type StepName = (typeof STEP_NAMES)[number];

/** One changed file; `added` and `deleted` count lines and are `null` for a binary file. */
export interface ChangedFile {
  path: string;
  /** What a renamed file was called before. */
  from?: string;
  status: "added" | "modified" | "deleted" | "renamed" | "type-changed";
  added: number | null;
  deleted: number | null;
}

/** What the repository's own tests said. */
export type Verdict =
  | { kind: "passed"; command: string; milliseconds: number }
  | { kind: "failed"; command: string; milliseconds: number; exitCode: number; tail: string }
  | { kind: "none"; because: string };

/** Why a job ended without doing what was asked. `remedy` says what to do about it. */
export interface Failure {
  /** Stable, for machines: `box-unavailable`, `push-refused`, `command-failed`, `interrupted`… */
  code: string;
  step: StepName;
  message: string;
  remedy: string;
}

/** How a job ended. */
export type Outcome =
  | { status: "succeeded" }
  | { status: "unchanged" }
  | { status: "failed"; failure: Failure }
  | { status: "interrupted"; because: string }
  | { status: "cancelled"; by: string };

/** Money is US dollars; tokens are counted as the harness or gateway reports them. */
export interface Usage {
  inputTokens: number;
  outputTokens: number;
  costUsd: number;
}

/** All that happens in a job, in order. Progress is made from these and from nothing else. */
export type JobEvent = { at: number } & (
  | { type: "job-started"; jobId: string; commandLine: string; requester: string }
  /** Another attempt at the job: the process that carried it out has died, or has handed it over. */
  | { type: "job-resumed"; attempt: number; because: string }
  /** It is handed over: it goes on by itself. */
  | { type: "job-paused"; because: string }
  | { type: "step-started"; step: StepName }
  | { type: "step-finished"; step: StepName; milliseconds: number }
  /** This step and those after it are done once more. */
  | { type: "step-repeated"; step: StepName; because: string }
  | { type: "box-created"; boxId: string }
  /** The box of an earlier job, with its agent's conversation, is this job's now. */
  | { type: "box-reopened"; boxId: string }
  /** The box began as a snapshot of the repository, which is set up already. */
  | { type: "snapshot-used"; snapshot: string }
  /** It stays after the job, paused. */
  | { type: "box-kept"; boxId: string }
  /** What an earlier attempt had started in the box is at work still, or has ended well. */
  | { type: "run-found"; runId: string }
  | { type: "output"; stream: "stdout" | "stderr"; text: string }
  | { type: "agent-text"; text: string }
  | { type: "agent-thinking"; text: string }
  | { type: "agent-tool"; id: string; name: string; input: unknown }
  | { type: "agent-tool-result"; id: string; output: string }
  | { type: "usage"; usage: Usage }
  | { type: "agent-finished"; summary: string }
  | { type: "verdict"; verdict: Verdict }
  /** The tests have failed, and the agent is told so: the n-th time of so many. */
  | { type: "repair-started"; attempt: number; of: number }
  | { type: "committed"; sha: string; files: ChangedFile[] }
  | {
      type: "published";
      sha: string;
      branch: string;
      /** Null: the work is on a branch of its own, and nobody was asked to take it. */
      pullRequest: { number: number; url: string; created: boolean } | null;
    }
  /** The agent's last words are a plan, of this name. */
  | { type: "planned"; id: string }
  /** What a review has found. */
  | { type: "reviewed"; findings: Finding[] }
  /** The review, null where nothing was new, and how many findings we had said before. */
  | { type: "review-published"; url: string | null; known: number }
  /** Somebody else has pushed meanwhile: the work was put on top of theirs, after the tests. */
  | { type: "rebased"; onto: string }
  /** The check run that shows the job. */
  | { type: "check-made"; url: string }
  /** Something beside the work did not succeed, in words. */
  | { type: "noted"; note: string }
  | { type: "work-kept"; patch: string; truncated: boolean }
  /** What of the work is not pushed, since its paths are protected. */
  | { type: "work-held-back"; paths: string[]; patch: string; truncated: boolean }
  | { type: "job-finished"; outcome: Outcome }
);

/** An event before the log gives it its time (milliseconds since 1970). */
export type NewJobEvent = JobEvent extends infer E
  ? E extends JobEvent
    ? Omit<E, "at">
    : never
  : never;
