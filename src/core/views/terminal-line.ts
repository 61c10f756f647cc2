import { stripVTControlCharacters } from "node:util";
import { describeTool } from "../describe-tool.ts";
import type { JobEvent, Outcome, Verdict } from "../events.ts";
import { stripInvisible } from "../strip-invisible.ts";
import { count, duration, money, STEP_WORDS } from "./words.ts";

const LONGEST_LINE = 300;

/**
 * One plain line for an event worth telling, or null. Outside text in it holds no control
 * characters, so that it can neither colour the terminal nor forge a second line of the log, nor
 * give a command to the Actions runner.
 */
export function terminalLine(event: JobEvent): string | null {
  const line = describe(event);
  if (line === null) return null;
  const plain = stripInvisible(stripVTControlCharacters(line)).replace(/\s+/g, " ").trim();
  // The Actions runner takes `::name::` and `##[name]` for commands (in old versions anywhere).
  const inert = plain.replace(/::(?=\S)/g, ": :").replace(/##\[/g, "# #[");
  return inert.length > LONGEST_LINE ? `${inert.slice(0, LONGEST_LINE - 1)}…` : inert;
}

function describe(event: JobEvent): string | null {
  switch (event.type) {
    case "job-started":
      return `job ${event.jobId}: ${event.commandLine} (${event.requester})`;
    case "job-resumed":
      return `taken up again (attempt ${event.attempt}): ${event.because}`;
    case "job-paused":
      return `paused: ${event.because}`;
    case "step-repeated":
      return `${STEP_WORDS[event.step].noun}: again, ${event.because}`;
    case "run-found":
      return `run ${event.runId} found again`;
    case "step-started":
      return `${STEP_WORDS[event.step].noun}: started`;
    case "step-finished":
      return `${STEP_WORDS[event.step].noun}: ${duration(event.milliseconds)}`;
    case "box-created":
      return `box ${event.boxId} made`;
    case "box-reopened":
      return `box ${event.boxId} gone on with`;
    case "snapshot-used":
      return "it is set up already, from a snapshot";
    case "rebased":
      return `put on top of ${event.onto.slice(0, 10)}, which somebody else has pushed`;
    case "reviewed":
      return `reviewed: ${count(event.findings.length, "finding")}`;
    case "noted":
      return event.note;
    case "agent-tool":
      return `${event.name} ${describeTool(event.input)}`;
    case "agent-finished":
      return `agent: ${event.summary}`;
    case "usage":
      return event.usage.costUsd > 0 ? `cost: ${money(event.usage.costUsd)}` : null;
    case "verdict":
      return describeVerdict(event.verdict);
    case "repair-started":
      return `the agent is told that the tests fail (${event.attempt} of ${event.of})`;
    case "work-held-back":
      return `not pushed, since it is protected: ${event.paths.join(", ")}`;
    case "committed":
      return `commit ${event.sha.slice(0, 10)}: ${count(event.files.length, "file")}`;
    case "published": {
      const { sha, branch, pullRequest } = event;
      const pushed = `pushed ${sha.slice(0, 10)} to ${branch}`;
      if (pullRequest === null) return pushed;
      return `${pushed}, pull request ${pullRequest.number}: ${pullRequest.url}`;
    }
    case "work-kept":
      return "the changes are kept as a patch in the comment";
    case "job-finished":
      return describeOutcome(event.outcome);
    default:
      return null;
  }
}

function describeVerdict(verdict: Verdict): string {
  switch (verdict.kind) {
    case "passed":
      return `tests passed: ${verdict.command} (${duration(verdict.milliseconds)})`;
    case "failed":
      return `tests failed: ${verdict.command} (exit code ${verdict.exitCode})`;
    case "none":
      return `tests not run: ${verdict.because}`;
  }
}

function describeOutcome(outcome: Outcome): string {
  switch (outcome.status) {
    case "succeeded":
      return "finished";
    case "unchanged":
      return "finished: nothing was changed";
    case "failed":
      return `failed: ${outcome.failure.message} ${outcome.failure.remedy}`;
    case "interrupted":
      return `interrupted: ${outcome.because}`;
    case "cancelled":
      return `cancelled by ${outcome.by}`;
  }
}
