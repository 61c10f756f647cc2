import { type Admission, admit } from "./admit.ts";
import type { GitHub } from "./github.ts";
import { inlineWords } from "./inline-words.ts";
import type { Job } from "./job.ts";
import type { Request } from "./request.ts";
import { helpComment } from "./views/help-comment.ts";
import { refusalComment } from "./views/refusal-comment.ts";

export interface TakeRequestOptions {
  /** Options of commands that the operator forbids. @default none */
  forbidden?: readonly string[];
  /** What was asked last in the request's thread by a job that has ended without success; null: nothing. */
  lastRequest(request: Request): Promise<Request | null>;
  /** How it stands with the jobs of the thread, in Markdown. */
  status(request: Request): Promise<string>;
  /** Ends the jobs of the request's thread, and says how many they were. */
  cancel(request: Request): Promise<number>;
  /** The answer when there were none. */
  nothingToCancel: string;
}

/**
 * Admits a request and gives the one answer that is due when no job comes of it: help, or a reaction
 * and a short reply.
 * @returns the job to carry out, or how the request was answered
 */
export async function takeRequest(
  request: Request,
  github: GitHub,
  options: TakeRequestOptions,
): Promise<{ job: Job } | { answered: Exclude<Admission["kind"], "job"> }> {
  const admission = await admit(request, github, options);
  if (admission.kind === "job") return { job: admission.job };
  const to = { thread: request.thread.number, comment: request.comment };
  if (admission.kind === "cancel") {
    const cancelled = await options.cancel(request);
    // The jobs' own comments say that they were cancelled.
    if (cancelled > 0) await github.react(request.comment, "+1");
    else await github.reply(to, options.nothingToCancel);
  } else if (admission.kind === "retry") {
    const earlier = await options.lastRequest(request);
    if (earlier !== null) return takeRequest(askedAgain(earlier, request), github, options);
    await github.reply(to, "Nothing in this thread has failed that could be tried again.");
  } else if (admission.kind === "status") {
    await github.reply(to, await options.status(request));
  } else if (admission.kind === "help") {
    await github.reply(to, helpComment(admission.because));
  } else {
    const isPermission = admission.kind === "no-permission";
    await github.react(request.comment, "confused");
    await github.reply(
      to,
      isPermission ? refusalComment() : inlineWords(`${admission.message} ${admission.remedy}`),
    );
  }
  return { answered: admission.kind };
}

/** The same words, asked now and by whoever asks again: their right counts, and the head of now. */
function askedAgain(earlier: Request, { id, comment, requester }: Request): Request {
  return { ...earlier, id, comment, requester };
}
