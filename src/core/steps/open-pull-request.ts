import { commitSubject } from "../commit-message.ts";
import type { PullRequest } from "../github.ts";
import type { Job } from "../job.ts";
import { JobFailure } from "../job-failure.ts";
import type { JobPorts } from "../ports.ts";
import { pullRequestBody } from "../pull-request-body.ts";
import type { AgentResult } from "./run-agent.ts";

/** The pull request that has the work. */
interface Opened {
  number: number;
  url: string;
  created: boolean;
}

/**
 * Opens the pull request of a new branch, unless there is one.
 * @throws JobFailure `pull-request-refused`; the work is on its branch then
 */
export async function openPullRequest(
  job: Job,
  work: AgentResult,
  ports: JobPorts,
): Promise<Opened> {
  const { request, target } = job;
  const { github, redact } = ports;
  if (target.pullRequest !== null) {
    const { number, htmlUrl } = request.thread;
    // Of an issue that is gone on with, it is not the thread that the request stands in.
    const isThread = number === target.pullRequest;
    const url = isThread ? htmlUrl : `${request.repository.htmlUrl}/pull/${target.pullRequest}`;
    return { number: target.pullRequest, url, created: false };
  }
  const { branch: head, base } = target;
  const opened = ({ number, htmlUrl }: PullRequest) => ({ number, url: htmlUrl, created: true });
  const existing = await github.findPullRequest(head);
  if (existing !== null) return opened(existing);
  let made: PullRequest;
  try {
    made = await github.createPullRequest({
      title: redact(commitSubject(job, work.summary)),
      body: redact(pullRequestBody(request, work.summary)),
      head,
      base,
      draft: job.settings.draft,
    });
  } catch (cause) {
    // GitHub may have done it without being able to say so.
    const found = await github.findPullRequest(head).catch(() => null);
    if (found !== null) return opened(found);
    // For a workflow's token that is a setting of the repository, off by default in organizations.
    throw new JobFailure(
      "pull-request-refused",
      `The work is on the branch ${head}, but the pull request could not be opened: ${(cause as Error).message}`,
      `Let the App (or, under Settings → Actions, the workflows) open pull requests, or open it yourself: ${request.repository.htmlUrl}/compare/${base}...${head}`,
      { cause },
    );
  }
  await askReviewers(job, made.number, ports);
  return opened(made);
}

/** A login that may not review is no reason to fail: the work is there. */
async function askReviewers(job: Job, number: number, { github, emit }: JobPorts): Promise<void> {
  const { reviewers } = job.settings;
  if (reviewers.length === 0) return;
  try {
    await github.requestReviewers(number, reviewers);
  } catch (error) {
    emit({ type: "noted", note: `The reviewers could not be asked: ${(error as Error).message}` });
  }
}
