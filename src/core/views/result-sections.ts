import type { ChangedFile, Verdict } from "../events.ts";
import { inlineWords } from "../inline-words.ts";
import { codeSpan, cutMiddle, details, fencedBlock } from "../markdown.ts";
import { MAXIMUM_ANSWER, quoteAgent } from "../quote-agent.ts";
import type { JobState } from "../state.ts";
import type { CommentContext } from "./comment-context.ts";
import { count, duration } from "./words.ts";

/** More make a comment a page; the commit has them all. */
export const FILES_SHOWN = 20;

const TAIL_SHOWN = 6_000;
const OUTPUT_SHOWN = 4_000;
const MESSAGE_SHOWN = 2_000;
const NOTE_SHOWN = 300;

/** The parts of a finished job's comment, in reading order; empty ones are empty strings. */
export function resultSections(state: JobState, context: CommentContext): string[] {
  const { outcome } = state;
  switch (outcome?.status) {
    case "succeeded":
    case "unchanged":
      return [
        published(state, context),
        verdictLine(state.verdict, state.repair),
        rebased(state),
        reviewLine(state),
        summary(state),
        planned(state),
        files(state.commit?.files ?? []),
        heldBack(state),
        ...state.notes.map((note) => inlineWords(cutMiddle(note, NOTE_SHOWN))),
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
  if (pullRequest === null) {
    return `The work is commit ${commit} on a branch of its own, ${codeSpan(branch)}: somebody else has pushed to the pull request meanwhile, and both change the same lines. [Look at it](${repositoryUrl}/compare/${encodeURI(branch)}) and merge it by hand.`;
  }
  const where = pullRequest.created ? "Opened" : "Pushed to";
  return `${where} [pull request ${pullRequest.number}](${safeUrl(pullRequest.url, repositoryUrl)}) with commit ${commit} on ${codeSpan(branch)}.`;
}

/** The address comes from an API: only a plain one of the same site becomes a link's target. */
function safeUrl(url: string, repositoryUrl: string): string {
  return /^https?:\/\/[^\s()<>"'`\\]+$/.test(url) ? url : repositoryUrl;
}

function rebased({ rebasedOnto, published }: JobState): string {
  if (rebasedOnto === null || published?.pullRequest == null) return "";
  const sha = rebasedOnto.slice(0, 7);
  return `Somebody else has pushed \`${sha}\` meanwhile; the work was put on top of it, after the tests had run.`;
}

function reviewLine({ review }: JobState): string {
  if (review === null) return "";
  const { findings, url, known } = review;
  const found = findings.length === 0 ? "Nothing was found" : count(findings.length, "finding");
  const news = known === 0 ? "" : `, ${known === findings.length ? "all" : known} said before`;
  const link = url === null ? "" : ` ([review](${url}))`;
  return `**${found}**${news}${link}.`;
}

/** What approves it names its text: an edited plan, or another one, is not what was read here. */
function planned({ planId }: JobState): string {
  return planId === null
    ? ""
    : `**To have it done,** comment \`/box approve ${planId}\`. That is good for this plan on this commit.`;
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
  // Whoever approves it has seen all of it, as it is: written anew, parts of it might not be shown.
  if (state.planId !== null) return fencedBlock(words);
  const isAnswer = state.outcome?.status === "succeeded" && state.published === null;
  const quote = isAnswer ? wholeAnswer(words) : quoteAgent(words);
  // The agent says "fixed"; the tests, or the failure, know better, and their word comes first.
  const isContradicted = state.verdict?.kind === "failed" || state.outcome?.status === "failed";
  return isContradicted ? details("The agent’s own words", quote) : quote;
}

/** Escaped, a text can be many times as long. */
function wholeAnswer(words: string): string {
  for (let maximum = MAXIMUM_ANSWER; ; maximum = Math.floor(maximum / 2)) {
    const quote = quoteAgent(words, maximum);
    if (quote.length <= MAXIMUM_ANSWER) return quote;
  }
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

function next({ outcome, verdict, published, keptBox, planId }: JobState): string {
  if (outcome?.status === "succeeded" && published === null) {
    return planId === null && keptBox !== null
      ? "<sub>To ask on, comment `/box continue` and what.</sub>"
      : "";
  }
  const how = keptBox === null ? "/box fix" : "/box continue";
  if (verdict?.kind === "failed") return `**To go on,** comment \`${how}\` and what to look at.`;
  if (outcome?.status === "unchanged") {
    return `Nothing was committed. **To go on,** say it in more detail: \`${how}\` and what is wrong.`;
  }
  return keptBox === null
    ? "**To go on,** comment `/box` and what to do next."
    : "**To go on,** comment `/box continue` and what to do next; the agent remembers.";
}
