import { describeTool } from "./describe-tool.ts";
import type { JobEvent, StepName } from "./events.ts";
import type { JobState, StepState } from "./state.ts";
import { todosAfter, todosNamed } from "./todos.ts";

/** A comment shows some twenty lines; the log has the rest. */
export const ACTIONS_KEPT = 10;

/** 64 KiB: more than any view shows, little enough to keep for every job. */
export const OUTPUT_KEPT = 64 * 1024;

const NOTES_KEPT = 5;
const AGENT_TEXT_KEPT = 2_000;

/**
 * The state after one more event. Pure: the given state is not changed. Events that come after the
 * job's end, or twice after a restart, do no harm.
 *
 * @example
 * const state = events.reduce(fold, initialState());
 */
export function fold(state: JobState, event: JobEvent): JobState {
  const next = apply(state, event);
  return {
    ...next,
    startedAt: state.startedAt ?? event.at,
    updatedAt: Math.max(state.updatedAt ?? event.at, event.at),
  };
}

function apply(state: JobState, event: JobEvent): JobState {
  switch (event.type) {
    case "job-started": {
      const { jobId, commandLine, requester } = event;
      return { ...state, jobId, commandLine, requester };
    }
    case "job-resumed": {
      const { attempt, because } = event;
      return { ...state, attempt, resumedBecause: because, pausedBecause: null };
    }
    case "job-paused":
      return { ...state, pausedBecause: event.because };
    case "step-repeated":
      return { ...repeated(state, event.step), repeatedBecause: event.because };
    case "run-found":
    case "snapshot-used":
      return state;
    case "step-started":
      return withStep(state, event.step, { status: "running", startedAt: event.at });
    case "step-finished":
      return withStep(state, event.step, { status: "done", milliseconds: event.milliseconds });
    case "box-created":
    case "box-reopened":
      return { ...state, boxId: event.boxId };
    case "box-kept":
      return { ...state, keptBox: event.boxId };
    case "output":
      return withOutput(state, event.text);
    case "agent-text":
      return { ...state, agentText: (state.agentText + event.text).slice(-AGENT_TEXT_KEPT) };
    case "agent-thinking":
      return state;
    case "agent-tool":
      return withAction(state, event);
    case "agent-tool-result": {
      const actions = state.actions.map((action) =>
        action.id === event.id ? { ...action, finished: true } : action,
      );
      return { ...state, actions, todos: [...todosNamed(state.todos, event)] };
    }
    case "usage": {
      const { inputTokens, outputTokens, costUsd } = event.usage;
      const usage = {
        inputTokens: state.usage.inputTokens + inputTokens,
        outputTokens: state.usage.outputTokens + outputTokens,
        costUsd: state.usage.costUsd + costUsd,
      };
      return { ...state, usage };
    }
    case "agent-finished":
      return { ...state, summary: event.summary };
    case "verdict":
      return { ...state, verdict: event.verdict };
    case "repair-started":
      return { ...state, repair: { attempt: event.attempt, of: event.of } };
    case "committed":
      return { ...state, commit: { sha: event.sha, files: event.files } };
    case "published": {
      const { sha, branch, pullRequest } = event;
      return { ...state, published: { sha, branch, pullRequest } };
    }
    case "planned":
      return { ...state, planId: event.id };
    case "reviewed":
      return { ...state, review: { findings: event.findings, url: null, known: 0 } };
    case "review-published": {
      const { url, known } = event;
      return { ...state, review: { findings: state.review?.findings ?? [], url, known } };
    }
    case "rebased":
      return { ...state, rebasedOnto: event.onto };
    case "check-made":
      return { ...state, checkUrl: event.url };
    case "noted":
      return { ...state, notes: [...state.notes, event.note].slice(-NOTES_KEPT) };
    case "work-kept":
      return { ...state, keptPatch: { patch: event.patch, truncated: event.truncated } };
    case "work-held-back": {
      const { paths, patch, truncated } = event;
      return { ...state, heldBack: paths, keptPatch: { patch, truncated } };
    }
    case "job-finished":
      return finish({ ...state, outcome: event.outcome });
    default:
      // A log written by a newer version may hold events that this one does not know.
      event satisfies never;
      return state;
  }
}

function withStep(state: JobState, name: StepName, change: Partial<StepState>): JobState {
  const steps = state.steps.map((step) => (step.name === name ? { ...step, ...change } : step));
  return { ...state, steps };
}

/** What came of a step that is repeated is no longer true, nor what came after it. */
function repeated(state: JobState, step: StepName): JobState {
  const first = state.steps.findIndex(({ name }) => name === step);
  const steps = state.steps.map(
    (each, index): StepState =>
      index < first ? each : { ...each, status: "waiting", startedAt: null, milliseconds: null },
  );
  return {
    ...state,
    steps,
    agentText: "",
    actions: [],
    actionCount: 0,
    outputTail: "",
    outputDropped: 0,
    todos: [],
    planId: null,
    review: null,
    rebasedOnto: null,
    summary: null,
    verdict: null,
    repair: null,
    heldBack: [],
    commit: null,
  };
}

function withOutput(state: JobState, text: string): JobState {
  const output = state.outputTail + text;
  const dropped = Math.max(0, output.length - OUTPUT_KEPT);
  return {
    ...state,
    outputTail: output.slice(dropped),
    outputDropped: state.outputDropped + dropped,
  };
}

function withAction(state: JobState, event: JobEvent & { type: "agent-tool" }): JobState {
  const { id, name } = event;
  const todos = todosAfter(state.todos, event);
  if (todos !== null) return { ...state, todos };
  const action = { id, tool: name, subject: describeTool(event.input), finished: false };
  return {
    ...state,
    actions: [...state.actions, action].slice(-ACTIONS_KEPT),
    actionCount: state.actionCount + 1,
    // What was said before a tool was used is no longer the last word.
    agentText: "",
  };
}

/** A job that has ended has no running step: it failed in it, or it was cut off there. */
function finish(state: JobState): JobState {
  const { outcome } = state;
  const steps = state.steps.map((step): StepState => {
    const failedHere = outcome?.status === "failed" && outcome.failure.step === step.name;
    if (failedHere) return { ...step, status: "failed" };
    if (step.status !== "running") return step;
    const endedWell = outcome?.status === "succeeded" || outcome?.status === "unchanged";
    return { ...step, status: endedWell ? "done" : "failed" };
  });
  return { ...state, steps };
}
