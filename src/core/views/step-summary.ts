import type { JobState } from "../state.ts";
import type { CommentContext } from "./comment-context.ts";
import { progressComment } from "./progress-comment.ts";
import { duration, STEP_WORDS } from "./words.ts";

/** The Action's step summary: what the comment says, and the time of each step. */
export function stepSummary(state: JobState, context: Omit<CommentContext, "marker">): string {
  const rows = state.steps
    .filter(({ status }) => status !== "waiting")
    .map(({ name, status, milliseconds }) => {
      const time = milliseconds === null ? "" : duration(milliseconds);
      return `| ${STEP_WORDS[name].noun} | ${status} | ${time} |`;
    });
  const comment = progressComment(state, context);
  if (rows.length === 0) return comment;
  return `${comment}\n\n| Step | | Time |\n| --- | --- | ---: |\n${rows.join("\n")}\n`;
}
