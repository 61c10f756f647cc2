import { inlineWords } from "../inline-words.ts";
import { codeSpan, cutMiddle, details, fencedBlock } from "../markdown.ts";
import type { JobState } from "../state.ts";
import type { CommentContext } from "./comment-context.ts";
import { headline } from "./headline.ts";
import { resultSections } from "./result-sections.ts";
import { count, duration, money, STEP_WORDS } from "./words.ts";

/** GitHub takes 65 536 characters; the rest is room for what it counts differently. */
export const MAXIMUM_COMMENT = 60_000;

const OUTPUT_SHOWN = 2_000;

/**
 * A job's comment in GitHub Markdown: while it runs, where it stands; at its end, what came of it.
 * All outside text is escaped, nobody is mentioned. At most 60 000 characters.
 *
 * @example
 * progressComment(state, { marker: jobMarker(id), repositoryUrl: "https://github.com/acme/site" });
 */
export function progressComment(state: JobState, context: CommentContext): string {
  const { sign, sentence } = headline(state);
  const command = codeSpan(state.commandLine);
  const marker = context.marker === undefined ? "" : `${context.marker}\n`;
  const head = `${marker}### ${sign} ${sentence}`;
  const about = [command, state.requester && `for ${codeSpan(state.requester)}`].filter(Boolean);
  const parts = [
    head,
    about.join(" "),
    ...(state.outcome === null ? runningSections(state) : resultSections(state, context)),
    footer(state, context),
  ].filter((part) => part !== "");
  const text = parts.join("\n\n");
  return text + keptPatch(state, MAXIMUM_COMMENT - text.length);
}

function runningSections(state: JobState): string[] {
  const { pausedBecause } = state;
  return [
    pausedBecause === null ? "" : inlineWords(pausedBecause),
    checklist(state),
    todos(state),
    actions(state),
    output(state),
  ];
}

/** One line, so that a phone shows it whole: what is done, what runs, what comes. */
function checklist(state: JobState): string {
  return state.steps
    .map(({ name, status, milliseconds }) => {
      const { noun } = STEP_WORDS[name];
      if (status === "running") return `**▶ ${noun}**`;
      if (status === "failed") return `✗ ${noun}`;
      if (status === "waiting") return noun;
      // Instant steps need no time beside them.
      return milliseconds !== null && milliseconds >= 1_000
        ? `✓ ${noun} ${duration(milliseconds)}`
        : `✓ ${noun}`;
    })
    .join(" · ");
}

/** The agent's own list, where its program keeps one. */
function todos({ todos }: JobState): string {
  return todos
    .map(({ text, status }) => {
      const words = inlineWords(text.replaceAll("*", ""));
      const mark = status === "done" ? "x" : " ";
      return `- [${mark}] ${status === "running" ? `**${words}**` : words}`;
    })
    .join("\n");
}

function actions(state: JobState): string {
  if (state.actions.length === 0) return "";
  const lines = state.actions.map(({ tool, subject, finished }) => {
    const what = [codeSpan(tool, 60), codeSpan(subject)].filter(Boolean).join(" ");
    return `- ${what}${finished ? "" : " …"}`;
  });
  const earlier = state.actionCount - state.actions.length;
  if (earlier > 0) lines.unshift(`- … ${count(earlier, "action")} before`);
  return details(`Last actions (${count(state.actionCount, "action")})`, lines.join("\n"));
}

function output(state: JobState): string {
  if (state.outputTail.trim() === "") return "";
  return details("Output", fencedBlock(state.outputTail.slice(-OUTPUT_SHOWN), "text"));
}

function footer(state: JobState, context: CommentContext): string {
  const now = context.now ?? state.updatedAt ?? 0;
  const elapsed =
    (state.outcome === null ? now : (state.updatedAt ?? now)) - (state.startedAt ?? now);
  const { costUsd, inputTokens, outputTokens } = state.usage;
  const tokens = inputTokens + outputTokens;
  const parts = [
    duration(elapsed),
    costUsd > 0 ? money(costUsd) : "",
    tokens > 0 ? count(tokens, "token") : "",
    state.attempt > 1 ? `attempt ${state.attempt}: ${inlineWords(state.resumedBecause ?? "")}` : "",
    state.repeatedBecause === null ? "" : `began again: ${inlineWords(state.repeatedBecause)}`,
    state.checkUrl === null ? "" : `[check](${state.checkUrl})`,
    context.logUrl ? `[full log](${context.logUrl})` : "",
  ];
  return `<sub>${parts.filter(Boolean).join(" · ")}</sub>`;
}

/** Last, with whatever room the rest has left: a patch can be of any size. */
function keptPatch({ keptPatch, outcome }: JobState, room: number): string {
  if (keptPatch === null || outcome === null) return "";
  const frame = (summary: string, patch: string) =>
    `\n\n${details(summary, fencedBlock(patch, "diff"))}`;
  // A patch of nothing but backticks makes its own fence longer, twice.
  const free = room - frame(PATCH_CUT, "").length - 2 * longestBackticks(keptPatch.patch);
  if (free < 1_000)
    return "\n\nThe changes did not fit into this comment.".slice(0, Math.max(0, room));
  const isWhole = keptPatch.patch.length <= free && !keptPatch.truncated;
  return frame(isWhole ? PATCH_WHOLE : PATCH_CUT, cutMiddle(keptPatch.patch, free));
}

const PATCH_WHOLE = "The changes, as a patch for <code>git apply</code>";
const PATCH_CUT = "The changes, cut because they are too long for a comment";

function longestBackticks(text: string): number {
  return Math.max(0, ...(text.match(/`{3,}/g) ?? []).map((run) => run.length));
}
