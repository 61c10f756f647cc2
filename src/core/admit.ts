import { branchName } from "./branch-name.ts";
import { type BoxConfig, CONFIG_PATH, type Role } from "./config/box-config.ts";
import { readConfig } from "./config/read-config.ts";
import type { GitHub, PullRequest } from "./github.ts";
import { type Earlier, type Job, jobId, type Target } from "./job.ts";
import { jobSettings } from "./job-settings.ts";
import type { Command, JobOptions, Request } from "./request.ts";
import { resolveCommand } from "./resolve-command.ts";

/** What becomes of a request: a job, an answer without a job, or a refusal. */
export type Admission =
  | { kind: "job"; job: Job }
  | { kind: "cancel" | "retry" | "status" }
  | { kind: "approve"; what: string | null }
  | { kind: "help"; because?: string }
  /** Nobody has asked for anything. */
  | { kind: "nothing" }
  | { kind: "no-permission" }
  /** A fork's code is not run for its own sake before somebody has looked at it. */
  | { kind: "needs-approval"; sha: string }
  | { kind: "refused"; message: string; remedy: string };

/** What an admission hangs on beside GitHub. */
export interface AdmitOptions {
  /** Options of commands that the operator forbids. @default none */
  forbidden?: readonly string[];
  /** The commit of a fork that somebody has approved. */
  approvedSha?: string;
  /** The commit that the work has to start from: that of the plan. */
  pinnedSha?: string;
  /** What was done last in the thread, or on the branch. @default nothing is known */
  earlier?(request: Request, branch: string | null): Promise<EarlierWork | null>;
}

/** Work of an earlier job, and where it went. */
export interface EarlierWork extends Earlier {
  /** Whether a fork's code was run in its box. */
  isFork: boolean;
  /** Null: nothing was pushed. */
  published: { branch: string; pullRequest: number } | null;
}

/** From the least to the most. */
const ROLES: readonly string[] = ["write", "maintain", "admin"];

/** Collaborators with these may command (DESIGN §4.6). @param needed the least that is enough */
export function mayCommand(permission: string, needed: Role = "write"): boolean {
  return ROLES.indexOf(permission) >= ROLES.indexOf(needed);
}

/** These change nothing: they may be asked for a fork's code at once. */
const READ_ONLY: readonly string[] = ["ask", "review", "plan"];

/** Whether a command is answered by words alone, and nothing of the work is kept. */
export function isReadOnly({ verb }: Command): boolean {
  return READ_ONLY.includes(verb);
}

/**
 * Decides on a request: who asks, may they, and on which commit the work would start.
 * Nothing has been said or made yet when this returns.
 */
export async function admit(
  request: Request,
  github: GitHub,
  options: AdmitOptions = {},
): Promise<Admission> {
  const { command, requester } = request;
  const isJob = !ANSWERED.includes(command.verb);
  const [permission, text] = await Promise.all([
    github.permission(requester.login),
    isJob ? github.file(CONFIG_PATH) : null,
  ]);
  const mayAsk = mayCommand(permission);
  // Anybody opens issues: only the configuration of those who may ask makes requests of them.
  if (!mayAsk) return { kind: command.verb === "opened" ? "nothing" : "no-permission" };
  if (command.verb === "help") {
    const { because } = command;
    return { kind: "help", ...(because === undefined ? {} : { because }) };
  }
  if (command.verb === "cancel" || command.verb === "retry" || command.verb === "status") {
    return { kind: command.verb };
  }
  if (command.verb === "approve") return { kind: "approve", what: command.what };
  const read = readConfig(text);
  if ("problem" in read) {
    return command.verb === "opened"
      ? { kind: "nothing" }
      : { kind: "refused", message: read.problem, remedy: MEND };
  }
  const resolved = resolveCommand(request, read.config);
  if ("nothing" in resolved) return { kind: "nothing" };
  const meant = resolved.request;
  const refusal = refusedBy(read.config, permission, meant, options);
  if (refusal !== null) return { kind: "refused", ...refusal };
  return admitJob(meant, github, read.config, options);
}

const ANSWERED: readonly string[] = ["help", "cancel", "retry", "status", "approve"];
const MEND =
  "Mend it on the default branch and comment again; editors that know schema/box.schema.json check it.";

type Refusal = { message: string; remedy: string };

function refusedBy(
  config: BoxConfig,
  permission: string,
  { command, options }: Request,
  { forbidden = [], approvedSha }: AdmitOptions,
): Refusal | null {
  const verbs = command.verb === "execute" ? [] : [command.verb];
  if (command.verb === "execute" || approvedSha !== undefined) verbs.push("approve");
  for (const needed of verbs.map((verb) => neededRole(config, verb))) {
    if (mayCommand(permission, needed)) continue;
    return {
      message: `${CONFIG_PATH} leaves this command to those who may ${needed}.`,
      remedy: "Ask one of them.",
    };
  }
  const refused = Object.keys(options).find((name) => forbidden.includes(name));
  if (refused === undefined) return null;
  const words = OPTION_WORDS[refused as keyof JobOptions];
  return {
    message: `The operator of this App does not allow the option for ${words}.`,
    remedy: "Leave it out.",
  };
}

/** What each option is for, in words. */
const OPTION_WORDS: Readonly<Record<keyof JobOptions, string>> = {
  harness: "the agent",
  model: "the model",
  budgetUsd: "the budget",
  timeoutMinutes: "the time limit",
  base: "the branch to start from",
  size: "the size of the box",
  runtime: "the runtime",
  draft: "drafts",
  verify: "leaving the tests out",
};

function neededRole({ permission }: BoxConfig, verb: string): Role {
  if (typeof permission === "string") return permission;
  return permission[verb as keyof typeof permission] ?? "write";
}

async function admitJob(
  request: Request,
  github: GitHub,
  config: BoxConfig,
  options: AdmitOptions,
): Promise<Admission> {
  const id = jobId(request.id);
  const { thread, command } = request;
  const pullRequest =
    thread.kind === "pull-request" ? await github.pullRequest(thread.number) : null;
  if (command.verb === "review" && pullRequest === null) return { kind: "refused", ...NO_DIFF };
  const earlier =
    command.verb === "continue"
      ? ((await options.earlier?.(request, ownBranch(pullRequest, request))) ?? null)
      : null;
  const branch = branchName(config.branch, request, id);
  const found =
    pullRequest === null
      ? await issueTarget(branch, request, github, earlier, options.pinnedSha)
      : pullRequestTarget(branch, pullRequest, request, options);
  if ("message" in found) return { kind: "refused", ...found };
  if (found.fork !== null && !isReadOnly(command) && options.approvedSha !== found.sha) {
    return { kind: "needs-approval", sha: found.sha };
  }
  const settings = jobSettings(config, request.options);
  const continues =
    earlier === null ? null : goneOnWith(earlier, request.options, found.fork !== null);
  const job = { id, request, target: found, settings, continues, admittedAt: Date.now() };
  return { kind: "job", job };
}

/** A fork may call its branch as one of ours is called. */
function ownBranch(pullRequest: PullRequest | null, { repository }: Request): string | null {
  const own = `${repository.owner}/${repository.name}`.toLowerCase();
  return pullRequest?.head.repository?.toLowerCase() === own ? pullRequest.head.ref : null;
}

const NO_DIFF: Refusal = {
  message: "An issue has no changes to review.",
  remedy: "Comment `/box review` on a pull request, or `/box ask` here.",
};

/**
 * Another agent has no part in the conversation; and a box where a fork's code has run is not gone on in
 * (DESIGN §4.8).
 */
function goneOnWith(
  earlier: EarlierWork,
  { harness, model, size, runtime }: JobOptions,
  isFork: boolean,
): Earlier {
  const { jobId: id, box, commandLine, summary } = earlier;
  const isOther = [harness, model, size, runtime].some((option) => option !== undefined);
  // Nor is a fork: what ran there at one commit has a say in what is done at the next.
  const isKept = !isOther && !earlier.isFork && !isFork;
  return { jobId: id, box: isKept ? box : null, commandLine, summary };
}

function pullRequestTarget(
  branch: string,
  pullRequest: PullRequest,
  request: Request,
  { pinnedSha }: AdmitOptions,
): Target | Refusal {
  const { owner, name } = request.repository;
  const { head, base } = pullRequest;
  if (pullRequest.state === "closed") {
    return { message: "This pull request is closed.", remedy: "Reopen it and comment again." };
  }
  if (pinnedSha !== undefined && pinnedSha !== head.sha) {
    return {
      message: `The plan was made for ${pinnedSha.slice(0, 7)}, and the branch is at ${head.sha.slice(0, 7)} now.`,
      remedy: "Comment `/box plan` again.",
    };
  }
  const where = { sha: head.sha, cloneBranch: head.ref, base: base.ref };
  if (head.repository?.toLowerCase() === `${owner}/${name}`.toLowerCase()) {
    return { ...where, branch: head.ref, fork: null, pullRequest: pullRequest.number };
  }
  if (head.cloneUrl === null || head.private) {
    return {
      message: "The fork that this pull request comes from is gone, or private.",
      remedy: "Push its branch to this repository, open a pull request from it and comment there.",
    };
  }
  // A fork cannot be pushed to: the work goes into a branch and a pull request of this repository.
  return { ...where, branch, fork: head.cloneUrl, pullRequest: null };
}

async function issueTarget(
  branch: string,
  request: Request,
  github: GitHub,
  earlier: EarlierWork | null,
  pinnedSha?: string,
): Promise<Target | Refusal> {
  const base = request.options.base ?? request.repository.defaultBranch;
  const opened = await stillOpen(earlier, github);
  if (opened !== null) return opened;
  const sha = await github.branchHead(base);
  if (sha === null) {
    return {
      message: `The repository has no branch ${base} to start from.`,
      remedy: "Push a first commit to it, or name another one, and comment again.",
    };
  }
  // A plan is carried out on the commit that it was made for, which others may have gone on from.
  const isThere = pinnedSha === undefined || (await github.contains(base, pinnedSha));
  if (!isThere) {
    return {
      message: `The plan was made for ${pinnedSha?.slice(0, 7)}, which is not on ${base} any more.`,
      remedy: "Comment `/box plan` again.",
    };
  }
  return {
    ...{ branch, sha: pinnedSha ?? sha, cloneBranch: base },
    ...{ fork: null, base, pullRequest: null },
  };
}

/** The pull request that an earlier job of the issue has opened, to go on in it. */
async function stillOpen(earlier: EarlierWork | null, github: GitHub): Promise<Target | null> {
  if (earlier?.published == null) return null;
  const { state, head, base, number } = await github.pullRequest(earlier.published.pullRequest);
  if (state === "closed" || head.ref !== earlier.published.branch) return null;
  return {
    ...{ branch: head.ref, sha: head.sha, cloneBranch: head.ref },
    ...{ fork: null, base: base.ref, pullRequest: number },
  };
}
