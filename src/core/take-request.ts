import { type Admission, type AdmitOptions, admit } from "./admit.ts";
import type { GitHub } from "./github.ts";
import { inlineWords } from "./inline-words.ts";
import type { Job } from "./job.ts";
import type { Memory } from "./memory.ts";
import { planId } from "./plan.ts";
import type { Request } from "./request.ts";
import { approvalComment } from "./views/approval-comment.ts";
import { helpComment } from "./views/help-comment.ts";
import { refusalComment } from "./views/refusal-comment.ts";

export interface TakeRequestOptions {
  /** Options of commands that the operator forbids. @default none */
  forbidden?: readonly string[];
  memory: Memory;
  /** How it stands with the jobs of the thread, in Markdown. */
  status(request: Request): Promise<string>;
  /** Ends the jobs of the request's thread, and says how many they were. */
  cancel(request: Request): Promise<number>;
  /** The answer when there were none. */
  nothingToCancel: string;
  /** Whether somebody who may not ask is told so with words, beside the reaction. @default always */
  mayRefuse?(request: Request): Promise<boolean>;
}

/** The job to carry out, or how the request was answered. */
export type Taken = { job: Job } | { answered: Exclude<Admission["kind"], "job"> };

/**
 * Admits a request and gives the one answer that is due when no job comes of it: help, or a reaction
 * and a short reply.
 */
export async function takeRequest(
  request: Request,
  github: GitHub,
  options: TakeRequestOptions,
  bound: Pick<AdmitOptions, "approvedSha" | "pinnedSha"> = {},
): Promise<Taken> {
  const { memory, forbidden = [] } = options;
  const admission = await admit(request, github, {
    forbidden,
    ...bound,
    ...(memory.earlierWork === null ? {} : { earlier: memory.earlierWork }),
  });
  const reply = (text: string) =>
    github.reply({ thread: request.thread.number, origin: request.origin }, text);
  switch (admission.kind) {
    case "job":
      if (memory.earlierWork === null && admission.job.request.command.verb === "continue") {
        await reply(FORGETFUL);
        return { answered: "refused" };
      }
      return admission;
    case "cancel":
      // The jobs' own comments say that they were cancelled.
      if ((await options.cancel(request)) > 0) await github.react(request.origin, "+1");
      else await reply(options.nothingToCancel);
      break;
    case "retry": {
      const earlier = await memory.lastRequest(request);
      if (earlier !== null) {
        const again = askedAgain(earlier.request, request);
        return takeRequest(again, github, options, boundTo(earlier));
      }
      await reply(NOTHING_FAILED);
      break;
    }
    case "approve": {
      const taken = await approve(request, admission.what, github, options);
      if (typeof taken !== "string") return taken;
      await reply(taken);
      break;
    }
    case "status":
      await reply(await options.status(request));
      break;
    case "help":
      await reply(helpComment(admission.because));
      break;
    case "nothing":
      break;
    case "needs-approval":
      await memory.hold(request, admission.sha);
      await reply(approvalComment(request, admission.sha));
      break;
    case "no-permission":
      await github.react(request.origin, "confused");
      if ((await options.mayRefuse?.(request)) ?? true) await reply(refusalComment());
      break;
    case "refused":
      await github.react(request.origin, "confused");
      await reply(inlineWords(`${admission.message} ${admission.remedy}`));
      break;
  }
  return { answered: admission.kind };
}

const NOTHING_FAILED = "Nothing in this thread has failed that could be tried again.";
const FORGETFUL =
  "A workflow keeps nothing between its runs: there is no box to go on in, and no plan to approve. Say all of it in one comment, such as `/box fix` and what, or install the App.";

/** The same words, asked now and by whoever asks again: their right counts, and the head of now. */
function askedAgain(earlier: Request, { id, origin, requester, askedAt }: Request): Request {
  return { ...earlier, id, origin, requester, askedAt };
}

/** What was approved for a commit is good for it when it is tried again, and for no other. */
function boundTo({ request, approvedSha }: { request: Request; approvedSha: string | null }) {
  if (approvedSha === null) return {};
  const isPlan = request.command.verb === "execute";
  return { approvedSha, ...(isPlan ? { pinnedSha: approvedSha } : {}) };
}

/** @returns what to answer when nothing was approved */
async function approve(
  request: Request,
  what: string | null,
  github: GitHub,
  options: TakeRequestOptions,
): Promise<Taken | string> {
  const { memory } = options;
  const [plan, held] = await Promise.all([
    memory.lastPlan?.(request) ?? null,
    memory.held(request),
  ]);
  if (held !== null && what !== null && isMeant(what, held.sha)) {
    const approved = askedAgain(held.request, request);
    return takeRequest(approved, github, options, { approvedSha: held.sha });
  }
  if (plan !== null && (what === null || isMeant(what, planId(plan)))) {
    const { command } = plan.request;
    const wanted = command.verb === "plan" ? command.what : plan.request.commandLine;
    const execute: Request = {
      ...askedAgain(plan.request, request),
      command: { verb: "execute", what: wanted, plan: plan.text },
      commandLine: request.commandLine,
    };
    // The plan's name stands for its commit as well: a fork's is approved by nothing less.
    const named = what === null ? {} : { approvedSha: plan.sha };
    return takeRequest(execute, github, options, { pinnedSha: plan.sha, ...named });
  }
  if (held !== null) {
    return `Name the commit that you have looked at: \`/box approve ${held.sha.slice(0, 7)}\`.`;
  }
  if (memory.lastPlan === null) return FORGETFUL;
  return plan === null
    ? "There is nothing in this thread to approve."
    : `That is not the last plan: \`/box approve ${planId(plan)}\` approves the last one.`;
}

/** Shorter beginnings of a SHA are guesses. */
const SHORTEST = 7;

function isMeant(what: string, id: string): boolean {
  return what.length >= SHORTEST && id.startsWith(what);
}
