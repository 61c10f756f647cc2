import { mayCommand } from "../admit.ts";
import { commitSubject } from "../commit-message.ts";
import type { GitHub, PullRequest } from "../github.ts";
import type { Job } from "../job.ts";
import { JobFailure } from "../job-failure.ts";
import type { JobPorts } from "../ports.ts";
import { pullRequestBody } from "../pull-request-body.ts";
import type { TrustedRepository } from "../trusted-repository.ts";
import type { Collected } from "./collect.ts";
import type { AgentResult } from "./run-agent.ts";

/**
 * Pushes the checked commit from the trusted side, and opens the pull request where there is none. What
 * an attempt that was cut off has pushed or opened is found, and not done again.
 * @param collectAgain makes the commit once more, on a machine that does not have it
 */
export async function publish(
  job: Job,
  work: AgentResult,
  collected: NonNullable<Collected>,
  repository: TrustedRepository,
  collectAgain: () => Promise<Collected>,
  ports: JobPorts,
): Promise<void> {
  const { github, emit } = ports;
  const { requester } = job.request;
  const { branch } = job.target;
  // Each is a request of its own to GitHub, and none needs another's answer.
  const [permission, head, token] = await Promise.all([
    github.permission(requester.login),
    github.branchHead(branch),
    writeToken(ports),
  ]);
  // Asked again: minutes have passed, and a person may have lost the right meanwhile (DESIGN §4.6).
  if (!mayCommand(permission)) {
    throw new JobFailure(
      "permission-lost",
      `${requester.login} may not write to this repository any more.`,
      "Somebody who may write can comment the same command.",
    );
  }
  let { sha } = collected;
  if (!(await isPushed(job, sha, head, github))) {
    if (!(await repository.holds(sha))) sha = (await collectAgain())?.sha ?? sha;
    await push(job, sha, repository, token, github);
  }
  const pullRequest = await openPullRequest(job, work, ports);
  emit({ type: "published", sha, branch, pullRequest });
}

/** Whether an attempt that was cut off has pushed the commit. People may have gone on from there. */
async function isPushed(
  { target }: Job,
  sha: string,
  head: string | null,
  github: GitHub,
): Promise<boolean> {
  if (head === null || head === target.sha) return false;
  return head === sha || github.contains(target.branch, sha);
}

async function push(
  job: Job,
  sha: string,
  repository: TrustedRepository,
  token: string,
  github: GitHub,
): Promise<void> {
  const { branch, pullRequest, sha: base } = job.target;
  try {
    await repository.push(branch, pullRequest === null ? "" : base, token);
  } catch (error) {
    // When the answer to a push is lost, curl sends it again by itself, and that one is refused.
    const head = await github.branchHead(branch);
    if (!(await isPushed(job, sha, head, github))) throw error;
  }
}

async function writeToken({ github, addSecret }: JobPorts): Promise<string> {
  const token = await github.writeToken();
  addSecret(token);
  return token;
}

interface Published {
  number: number;
  url: string;
  created: boolean;
}

async function openPullRequest(
  job: Job,
  work: AgentResult,
  { github, redact }: JobPorts,
): Promise<Published> {
  const { request, target } = job;
  // The pull request that is updated is the thread that the request stands in.
  if (target.pullRequest !== null) {
    return { number: target.pullRequest, url: request.thread.htmlUrl, created: false };
  }
  const opened = ({ number, htmlUrl }: PullRequest): Published => ({
    number,
    url: htmlUrl,
    created: true,
  });
  const existing = await github.findPullRequest(target.branch);
  if (existing !== null) return opened(existing);
  const head = target.branch;
  const base = target.cloneBranch;
  try {
    return opened(
      await github.createPullRequest({
        title: redact(commitSubject(request, work.summary)),
        body: redact(pullRequestBody(request, work.summary)),
        head,
        base,
        draft: job.settings.draft,
      }),
    );
  } catch (cause) {
    // GitHub may have done it without being able to say so.
    const made = await github.findPullRequest(head).catch(() => null);
    if (made !== null) return opened(made);
    // For a workflow's token that is a setting of the repository, off by default in organizations.
    throw new JobFailure(
      "pull-request-refused",
      `The work is on the branch ${head}, but the pull request could not be opened: ${(cause as Error).message}`,
      `Let the App (or, under Settings → Actions, the workflows) open pull requests, or open it yourself: ${request.repository.htmlUrl}/compare/${base}...${head}`,
      { cause },
    );
  }
}
