import type { ChangedFile, Verdict } from "../events.ts";
import { inlineWords } from "../inline-words.ts";
import { codeSpan, cutMiddle, details, fencedBlock } from "../markdown.ts";
import { quoteAgent } from "../quote-agent.ts";
import type { JobState } from "../state.ts";
import type { CommentContext } from "./comment-context.ts";
import { count, duration } from "./words.ts";

/** More make a comment a page; the commit has them all. */
export const FILES_SHOWN = 20;

const TAIL_SHOWN = 6_000;
const OUTPUT_SHOWN = 4_000;
const MESSAGE_SHOWN = 2_000;

/** The parts of a finished job's comment, in reading order; empty ones are empty strings. */
export function resultSections(state: JobState, context: CommentContext): string[] {
  const { outcome } = state;
  switch (outcome?.status) {
    case "succeeded":
    case "unchanged":
      return [
        published(state, context),
        verdictLine(state.verdict, state.repair),
        summary(state),
        files(state.commit?.files ?? []),
        heldBack(state),
        verdictTail(state.verdict),
        // What an agent's commands printed on the way is history by now.
        state.actionCount === 0 ? output(state) : "",
        next(state),
      ];
    case "failed":
      return [
        inlineWords(cutMiddle(outcome.failure.message, MESSAGE_SHOWN)),
        `**What to do:** ${inlineWords(cutMiddle(outcome.failure.remedy, MESSAGE_SHOWN))}`,
        verdictLine(state.verdict, state.repair),
        summary(state),
        files(state.published ? (state.commit?.files ?? []) : []),
        verdictTail(state.verdict),
        output(state),
        `<sub>Reason: ${codeSpan(outcome.failure.code)}</sub>`,
      ];
    case "interrupted":
      return [
        inlineWords(cutMiddle(outcome.because, MESSAGE_SHOWN)),
        published(state, context),
        "**To go on,** comment the same command again. Nothing more happens here.",
        output(state),
      ];
    case "cancelled":
      return [
        `${codeSpan(outcome.by)} cancelled it.`,
        published(state, context),
        "**To go on,** comment the same command again. Nothing more happens here.",
        output(state),
      ];
    default:
      return [];
  }
}

function published(state: JobState, { repositoryUrl }: CommentContext): string {
  const { published } = state;
  if (published === null) return "";
  const { sha, branch, pullRequest } = published;
  const commit = /^[0-9a-f]{7,64}$/.test(sha)
    ? `[\`${sha.slice(0, 7)}\`](${repositoryUrl}/commit/${sha})`
    : codeSpan(sha);
  const where = pullRequest.created ? "Opened" : "Pushed to";
  return `${where} [pull request ${pullRequest.number}](${safeUrl(pullRequest.url, repositoryUrl)}) with commit ${commit} on ${codeSpan(branch)}.`;
}

/** The address comes from an API: only a plain one of the same site becomes a link's target. */
function safeUrl(url: string, repositoryUrl: string): string {
  return /^https?:\/\/[^\s()<>"'`\\]+$/.test(url) ? url : repositoryUrl;
}

function verdictLine(verdict: Verdict | null, repair: JobState["repair"]): string {
  const line = verdictWords(verdict);
  if (line === "" || repair === null) return line;
  return `${line}, after ${count(repair.attempt, "more attempt")} of the agent`;
}

function verdictWords(verdict: Verdict | null): string {
  if (verdict === null) return "";
  if (verdict.kind === "none")
    return `**Tests:** not run. ${inlineWords(cutMiddle(verdict.because, MESSAGE_SHOWN))}`;
  const command = codeSpan(verdict.command);
  const time = duration(verdict.milliseconds);
  return verdict.kind === "passed"
    ? `**Tests:** ✅ ${command} passed in ${time}`
    : `**Tests:** ❌ ${command} failed with exit code ${verdict.exitCode} after ${time}`;
}

function verdictTail(verdict: Verdict | null): string {
  if (verdict?.kind !== "failed" || verdict.tail.trim() === "") return "";
  return details("How the tests failed", fencedBlock(verdict.tail.slice(-TAIL_SHOWN), "text"));
}

function summary(state: JobState): string {
  const words = state.summary?.trim() ?? "";
  if (words === "") return "";
  const quote = quoteAgent(words);
  // The agent says "fixed"; the tests, or the failure, know better, and their word comes first.
  const isContradicted = state.verdict?.kind === "failed" || state.outcome?.status === "failed";
  return isContradicted ? details("The agent’s own words", quote) : quote;
}

function files(changed: ChangedFile[]): string {
  if (changed.length === 0) return "";
  const lines = changed.slice(0, FILES_SHOWN).map(fileLine);
  const more = changed.length - lines.length;
  if (more > 0) lines.push(`- … and ${more.toLocaleString("en")} more`);
  const added = changed.reduce((sum, file) => sum + (file.added ?? 0), 0);
  const deleted = changed.reduce((sum, file) => sum + (file.deleted ?? 0), 0);
  return `**${count(changed.length, "file")} changed** (+${added} −${deleted})\n\n${lines.join("\n")}`;
}

function fileLine({ path, status, added, deleted }: ChangedFile): string {
  const what = status === "modified" ? "" : ` ${status}`;
  const lines = added === null || deleted === null ? " binary" : ` +${added} −${deleted}`;
  return `- ${codeSpan(path)}${what}${lines}`;
}

/** The patch itself is at the comment's end, where there is room for it. */
function heldBack({ heldBack: paths }: JobState): string {
  if (paths.length === 0) return "";
  const shown = paths.slice(0, FILES_SHOWN).map((path) => codeSpan(path));
  const more = paths.length > shown.length ? ` and ${paths.length - shown.length} more` : "";
  return `**Not pushed,** since these paths are protected: ${shown.join(", ")}${more}. Look at the patch below, and apply it yourself if it is right.`;
}

function output(state: JobState): string {
  if (state.outputTail.trim() === "") return "";
  const shown = cutMiddle(state.outputTail, OUTPUT_SHOWN);
  return details("Output", fencedBlock(shown, "text"));
}

function next({ outcome, verdict, published }: JobState): string {
  if (outcome?.status === "succeeded" && published === null) return "";
  if (verdict?.kind === "failed") return "**To go on,** comment `/box fix` and what to look at.";
  if (outcome?.status === "unchanged") {
    return "Nothing was committed. **To go on,** say it in more detail: `/box fix` and what is wrong.";
  }
  return "**To go on,** comment `/box` and what to do next.";
}
