import type { Finding } from "../review-findings.ts";
import type { JobState } from "../state.ts";
import { count, STEP_WORDS } from "./words.ts";

/** Where a job stands, in one sentence without Markdown, with a sign for the hurried. */
export interface Headline {
  sign: string;
  sentence: string;
}

function reviewed(findings: readonly Finding[]): Headline {
  if (findings.length === 0) return { sign: "✅", sentence: "Reviewed, and nothing found" };
  const isGrave = findings.some(({ severity }) => severity === "error");
  return {
    sign: isGrave ? "🔴" : "🔎",
    sentence: `Reviewed: ${count(findings.length, "finding")}`,
  };
}

/**
 * The one sentence that every view opens with. Only passed tests make a job "done" without an
 * addition, and no job with failed tests is called done at all.
 */
export function headline(state: JobState): Headline {
  const { outcome, verdict } = state;
  if (outcome === null && state.pausedBecause !== null) {
    return { sign: "⏸️", sentence: "Paused, and goes on by itself" };
  }
  if (outcome === null) {
    if (state.repair !== null && state.verdict?.kind === "failed") {
      const { attempt, of } = state.repair;
      return {
        sign: "⏳",
        sentence: `The tests fail; the agent is at it again (${attempt} of ${of})`,
      };
    }
    const running = state.steps.find(({ status }) => status === "running");
    const doing = running ? STEP_WORDS[running.name].doing : "working";
    return { sign: "⏳", sentence: doing.charAt(0).toUpperCase() + doing.slice(1) };
  }
  switch (outcome.status) {
    case "succeeded":
      if (verdict?.kind === "failed") {
        return { sign: "⚠️", sentence: "Changes were pushed, but the tests fail" };
      }
      if (state.review !== null) return reviewed(state.review.findings);
      if (state.planId !== null)
        return { sign: "🗺️", sentence: "Planned, and nothing is changed yet" };
      // Only a question is done without anything pushed.
      if (state.published === null) return { sign: "💬", sentence: "Answered" };
      if (state.published.pullRequest === null) {
        return { sign: "⚠️", sentence: "Done, on a branch of its own" };
      }
      if (verdict?.kind === "passed" && state.rebasedOnto !== null) {
        return {
          sign: "✅",
          sentence: "Done, on top of a newer commit; the tests passed before that",
        };
      }
      return verdict?.kind === "passed"
        ? { sign: "✅", sentence: "Done, and the tests pass" }
        : { sign: "✅", sentence: "Done, not tested" };
    case "unchanged":
      return verdict?.kind === "failed"
        ? { sign: "⚠️", sentence: "Nothing was changed, and the tests fail" }
        : { sign: "⚪", sentence: "Nothing was changed" };
    case "failed": {
      const { noun } = STEP_WORDS[outcome.failure.step];
      return { sign: "❌", sentence: `Failed at step “${noun}”` };
    }
    case "interrupted":
      return { sign: "⏹️", sentence: "Interrupted" };
    case "cancelled":
      return { sign: "⏹️", sentence: "Cancelled" };
  }
}
