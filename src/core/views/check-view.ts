import type { Annotation, CheckView } from "../github.ts";
import { cutMiddle, shownText } from "../markdown.ts";
import type { Finding } from "../review-findings.ts";
import type { JobState } from "../state.ts";
import type { CommentContext } from "./comment-context.ts";
import { headline } from "./headline.ts";
import { progressComment } from "./progress-comment.ts";

const MOST_ANNOTATIONS = 100;
/** GitHub's limits are 255 and 64 KiB. */
const TITLE_CHARACTERS = 200;
const MESSAGE_CHARACTERS = 4_000;

const CANCEL = { label: "Cancel", description: "End this job", identifier: "cancel" };
const RETRY = { label: "Retry", description: "Do it once more", identifier: "retry" };

/** A job as a check run: what its comment says, with buttons, and a review's findings on their lines. */
export function checkView(state: JobState, context: CommentContext): CheckView {
  const { outcome, review } = state;
  const { sign, sentence } = headline(state);
  const { marker: _, ...rest } = context;
  // It is where the link leads.
  const summary = progressComment({ ...state, checkUrl: null }, rest);
  const title = `${sign} ${sentence}`.slice(0, TITLE_CHARACTERS);
  if (outcome === null) return { status: "in_progress", title, summary, actions: [CANCEL] };
  return {
    status: "completed",
    conclusion: conclusion(state),
    ...{ title, summary },
    annotations: (review?.findings ?? []).slice(0, MOST_ANNOTATIONS).map(annotation),
    actions: outcome.status === "succeeded" ? [] : [RETRY],
  };
}

/** Only what is wrong with the code, or with the job, is a failure. */
function conclusion({ outcome, verdict, review }: JobState): CheckView["conclusion"] {
  switch (outcome?.status) {
    case "succeeded":
      if (verdict?.kind === "failed") return "failure";
      if (review?.findings.some(({ severity }) => severity === "error")) return "failure";
      return verdict?.kind === "passed" ? "success" : "neutral";
    case "failed":
      return "failure";
    case "unchanged":
      return verdict?.kind === "failed" ? "failure" : "neutral";
    default:
      return "cancelled";
  }
}

const LEVELS = { error: "failure", warning: "warning", note: "notice" } as const;

/** Annotations are plain text. */
function annotation({ path, line, startLine, severity, title, body }: Finding): Annotation {
  return {
    path,
    startLine: startLine !== null && startLine < line ? startLine : line,
    endLine: line,
    level: LEVELS[severity],
    title: shownText(title).slice(0, TITLE_CHARACTERS),
    message: cutMiddle(shownText(body), MESSAGE_CHARACTERS) || title,
  };
}
