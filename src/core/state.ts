import type { ChangedFile, Outcome, StepName, Usage, Verdict } from "./events.ts";
import { STEP_NAMES } from "./events.ts";
import type { Finding } from "./review-findings.ts";
import type { Todo } from "./todos.ts";

/** Where a step is. Times are milliseconds; `startedAt` since 1970. */
export interface StepState {
  name: StepName;
  status: "waiting" | "running" | "done" | "failed";
  startedAt: number | null;
  milliseconds: number | null;
}

/** One thing the agent did, in one line. */
export interface Action {
  id: string;
  /** The tool, e.g. `Bash`. */
  tool: string;
  /** What it was used on, e.g. `npm test`; at most 200 characters, perhaps none. */
  subject: string;
  finished: boolean;
}

/** All that is known of a job, folded from its events. Plain data, bounded in size. */
export interface JobState {
  jobId: string | null;
  commandLine: string;
  requester: string;
  /** Milliseconds since 1970; null before the first event. */
  startedAt: number | null;
  updatedAt: number | null;
  steps: StepState[];
  boxId: string | null;
  /** The box that stays after the job, for somebody to go on with. */
  keptBox: string | null;
  /** The last actions, oldest first, and how many there were in all. */
  actions: Action[];
  actionCount: number;
  /** What the agent said last, while it works. */
  agentText: string;
  /** The end of what was printed, at most 64 KiB, and how many characters before it are gone. */
  outputTail: string;
  outputDropped: number;
  /** The sum of all `usage` events. */
  usage: Usage;
  summary: string | null;
  verdict: Verdict | null;
  /** How often the tests have gone back to the agent, and how often they may. */
  repair: { attempt: number; of: number } | null;
  commit: { sha: string; files: ChangedFile[] } | null;
  published: {
    sha: string;
    branch: string;
    pullRequest: { number: number; url: string; created: boolean } | null;
  } | null;
  /** Names the plan that was made. */
  planId: string | null;
  review: { findings: Finding[]; url: string | null; known: number } | null;
  /** The commit of somebody else that the work was put on top of. */
  rebasedOnto: string | null;
  checkUrl: string | null;
  /** What did not succeed beside the work. */
  notes: string[];
  /** The agent's own list of what it has to do, where its program keeps one. */
  todos: Todo[];
  /** Protected paths that the work touched and that were not pushed; their patch is `keptPatch`. */
  heldBack: string[];
  keptPatch: { patch: string; truncated: boolean } | null;
  /** Which attempt this is, counted from 1, and why there was another one. */
  attempt: number;
  resumedBecause: string | null;
  /** Why it began again in a new box. */
  repeatedBecause: string | null;
  /** Why it stands still; it goes on by itself. */
  pausedBecause: string | null;
  outcome: Outcome | null;
}

/** The state before anything has happened. */
export function initialState(): JobState {
  return {
    jobId: null,
    commandLine: "",
    requester: "",
    startedAt: null,
    updatedAt: null,
    steps: STEP_NAMES.map((name) => ({
      name,
      status: "waiting",
      startedAt: null,
      milliseconds: null,
    })),
    boxId: null,
    keptBox: null,
    actions: [],
    actionCount: 0,
    agentText: "",
    outputTail: "",
    outputDropped: 0,
    usage: { inputTokens: 0, outputTokens: 0, costUsd: 0 },
    summary: null,
    verdict: null,
    repair: null,
    commit: null,
    published: null,
    planId: null,
    review: null,
    rebasedOnto: null,
    checkUrl: null,
    notes: [],
    todos: [],
    heldBack: [],
    keptPatch: null,
    attempt: 1,
    resumedBecause: null,
    repeatedBecause: null,
    pausedBecause: null,
    outcome: null,
  };
}
