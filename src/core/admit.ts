import { type BoxConfig, CONFIG_PATH, type Role } from "./config/box-config.ts";
import { readConfig } from "./config/read-config.ts";
import type { GitHub, PullRequest } from "./github.ts";
import { type Job, jobId, type Target } from "./job.ts";
import { jobSettings } from "./job-settings.ts";
import type { JobOptions, Request } from "./request.ts";

/** What becomes of a request: a job, an answer without a job, or a refusal. */
export type Admission =
  | { kind: "job"; job: Job }
  | { kind: "cancel" }
  | { kind: "retry" }
  | { kind: "status" }
  | { kind: "help"; because?: string }
  | { kind: "no-permission" }
  | { kind: "refused"; message: string; remedy: string };

/** From the least to the most. */
const ROLES: readonly string[] = ["write", "maintain", "admin"];

/** Collaborators with these may command (DESIGN §4.6). @param needed the least that is enough */
export function mayCommand(permission: string, needed: Role = "write"): boolean {
  return ROLES.indexOf(permission) >= ROLES.indexOf(needed);
}

/**
 * Decides on a request: who asks, may they, and on which commit the work would start.
 * Nothing has been said or made yet when this returns.
 */
export async function admit(
  request: Request,
  github: GitHub,
  { forbidden = [] }: { forbidden?: readonly string[] } = {},
): Promise<Admission> {
  const { command, options, requester } = request;
  const isJob = JOB_VERBS.includes(command.verb);
  const [permission, text] = await Promise.all([
    github.permission(requester.login),
    isJob ? github.file(CONFIG_PATH) : null,
  ]);
  if (!mayCommand(permission)) return { kind: "no-permission" };
  if (command.verb === "help") {
    const { because } = command;
    return { kind: "help", ...(because === undefined ? {} : { because }) };
  }
  if (command.verb === "cancel" || command.verb === "retry" || command.verb === "status") {
    return { kind: command.verb } as Admission;
  }
  const read = readConfig(text);
  if ("problem" in read) return { kind: "refused", message: read.problem, remedy: MEND };
  const needed = neededRole(read.config, command.verb);
  if (!mayCommand(permission, needed)) {
    return {
      kind: "refused",
      message: `${CONFIG_PATH} leaves this command to those who may ${needed}.`,
      remedy: "Ask one of them.",
    };
  }
  const refusedOption = Object.keys(options).find((name) => forbidden.includes(name));
  if (refusedOption !== undefined) {
    return {
      kind: "refused",
      message: `The operator of this App does not allow the option for ${OPTION_WORDS[refusedOption as keyof JobOptions]}.`,
      remedy: "Leave it out.",
    };
  }
  const settings = jobSettings(read.config, options);
  const id = jobId(request.id);
  const found =
    request.thread.kind === "pull-request"
      ? pullRequestTarget(await github.pullRequest(request.thread.number), request)
      : await issueTarget(id, request, github);
  if ("message" in found) return { kind: "refused", ...found };
  return { kind: "job", job: { id, request, target: found, settings, admittedAt: Date.now() } };
}

const JOB_VERBS: readonly string[] = ["run", "fix", "prompt", "ask"];
const MEND =
  "Mend it on the default branch and comment again; editors that know schema/box.schema.json check it.";

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

type Refusal = { message: string; remedy: string };

function pullRequestTarget(pullRequest: PullRequest, request: Request): Target | Refusal {
  const { owner, name } = request.repository;
  if (pullRequest.state === "closed") {
    return { message: "This pull request is closed.", remedy: "Reopen it and comment again." };
  }
  if (pullRequest.head.repository?.toLowerCase() !== `${owner}/${name}`.toLowerCase()) {
    return {
      message: "This pull request comes from a fork, and a fork's branch cannot be pushed to.",
      remedy: "Push its branch to this repository, open a pull request from it and comment there.",
    };
  }
  return {
    branch: pullRequest.head.ref,
    sha: pullRequest.head.sha,
    cloneBranch: pullRequest.head.ref,
    pullRequest: pullRequest.number,
  };
}

async function issueTarget(
  id: string,
  request: Request,
  github: GitHub,
): Promise<Target | Refusal> {
  const base = request.options.base ?? request.repository.defaultBranch;
  const sha = await github.branchHead(base);
  if (sha === null) {
    return {
      message: `The repository has no branch ${base} to start from.`,
      remedy: "Push a first commit to it, or name another one, and comment again.",
    };
  }
  return {
    branch: `box/issue-${request.thread.number}-${id}`,
    sha,
    cloneBranch: base,
    pullRequest: null,
  };
}
