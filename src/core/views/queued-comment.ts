import type { Job } from "../job.ts";
import { codeSpan } from "../markdown.ts";
import { count } from "./words.ts";

export interface QueuedContext {
  /** The job's marker (`jobMarker`), the comment's first line. */
  marker: string;
  /** `thread`: others of this thread or branch come first. `room`: all places are taken. */
  because: "thread" | "room";
  /** How many jobs come before it. */
  before: number;
}

/** The comment of a job that has to wait: that it was heard, why it waits, and how long its line is. */
export function queuedComment(job: Job, { marker, because, before }: QueuedContext): string {
  const { commandLine, requester } = job.request;
  const line = before === 0 ? "It is the next." : `${count(before, "job")} before it.`;
  const why =
    because === "thread"
      ? "Jobs on the same pull request, issue or branch run one after another."
      : "All places are taken; it starts by itself as soon as one is free.";
  return [
    `${marker}\n### 🕓 Waiting`,
    `${codeSpan(commandLine)} for ${codeSpan(requester.login)}`,
    `${line} ${why}`,
    "<sub>`/box cancel` takes it out of the line.</sub>",
  ].join("\n\n");
}
