import { mayCommand } from "../admit.ts";
import { commitSubject } from "../commit-message.ts";
import type { PullRequest } from "../github.ts";
import type { Job } from "../job.ts";
import { JobFailure } from "../job-failure.ts";
import type { JobPorts } from "../ports.ts";
import { pullRequestBody } from "../pull-request-body.ts";
import type { TrustedRepository } from "../trusted-repository.ts";
import type { Collected } from "./collect.ts";
import type { AgentResult } from "./run-agent.ts";

/** Pushes the checked commit from the trusted side, and opens the pull request where there is none. */
export async function publish(
  job: Job,
  work: AgentResult,
  collected: NonNullable<Collected>,
  repository: TrustedRepository,
  ports: JobPorts,
): Promise<void> {
  const { github, emit } = ports;
  const { requester } = job.request;
  // Asked again: minutes have passed, and a person may have lost the right meanwhile (DESIGN §4.6).
  if (!mayCommand(await github.permission(requester.login))) {
    throw new JobFailure(
      "permission-lost",
      `${requester.login} may not write to this repository any more.`,
      "Somebody who may write can comment the same command.",
    );
  }
  const { branch } = job.target;
  // A step that was cut off after its push finds its own commit there (DESIGN §3).
  if ((await github.branchHead(branch)) !== collected.sha) {
    const token = await github.writeToken();
    ports.addSecret(token);
    const expected = job.target.pullRequest === null ? "" : job.target.sha;
    await repository.push(branch, expected, token);
  }
  const { pullRequest, created } = await openPullRequest(job, work, ports);
  emit({
    type: "published",
    sha: collected.sha,
    branch,
    pullRequest: { number: pullRequest.number, url: pullRequest.htmlUrl, created },
  });
}

async function openPullRequest(
  job: Job,
  work: AgentResult,
  { github, redact }: JobPorts,
): Promise<{ pullRequest: PullRequest; created: boolean }> {
  const { request, target } = job;
  if (target.pullRequest !== null) {
    return { pullRequest: await github.pullRequest(target.pullRequest), created: false };
  }
  const existing = await github.findPullRequest(target.branch);
  if (existing !== null) return { pullRequest: existing, created: true };
  const head = target.branch;
  const base = request.repository.defaultBranch;
  try {
    const pullRequest = await github.createPullRequest({
      title: redact(commitSubject(request, work.summary)),
      body: redact(pullRequestBody(request, work.summary)),
      head,
      base,
    });
    return { pullRequest, created: true };
  } catch (cause) {
    // For a workflow's token that is a setting of the repository, off by default in organizations.
    throw new JobFailure(
      "pull-request-refused",
      `The work is on the branch ${head}, but the pull request could not be opened: ${(cause as Error).message}`,
      `Let the App (or, under Settings → Actions, the workflows) open pull requests, or open it yourself: ${request.repository.htmlUrl}/compare/${base}...${head}`,
      { cause },
    );
  }
}
