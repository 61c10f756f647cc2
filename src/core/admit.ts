import type { GitHub, PullRequest } from "./github.ts";
import { type Job, jobId, type Target } from "./job.ts";
import type { Request } from "./request.ts";

/** What becomes of a request: a job, an answer without a job, or a refusal. */
export type Admission =
  | { kind: "job"; job: Job }
  | { kind: "cancel" }
  | { kind: "help"; because?: string }
  | { kind: "no-permission" }
  | { kind: "refused"; message: string; remedy: string };

/** Collaborators with these may command (DESIGN §4.6). */
export function mayCommand(permission: string): boolean {
  return permission === "write" || permission === "admin";
}

/**
 * Decides on a request: who asks, may they, and on which commit the work would start.
 * Nothing has been said or made yet when this returns.
 */
export async function admit(request: Request, github: GitHub): Promise<Admission> {
  if (!mayCommand(await github.permission(request.requester.login))) {
    return { kind: "no-permission" };
  }
  if (request.command.verb === "help") {
    const { because } = request.command;
    return { kind: "help", ...(because === undefined ? {} : { because }) };
  }
  if (request.command.verb === "cancel") return { kind: "cancel" };
  const id = jobId(request.id);
  const found =
    request.thread.kind === "pull-request"
      ? pullRequestTarget(await github.pullRequest(request.thread.number), request)
      : await issueTarget(id, request, github);
  if ("message" in found) return { kind: "refused", ...found };
  return { kind: "job", job: { id, request, target: found, admittedAt: Date.now() } };
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
  const { defaultBranch } = request.repository;
  const sha = await github.branchHead(defaultBranch);
  if (sha === null) {
    return {
      message: `The repository has no branch ${defaultBranch} to start from.`,
      remedy: "Push a first commit and comment again.",
    };
  }
  return {
    branch: `box/issue-${request.thread.number}-${id}`,
    sha,
    cloneBranch: defaultBranch,
    pullRequest: null,
  };
}
