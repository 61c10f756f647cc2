import { mayCommand } from "../admit.ts";
import type { GitHub } from "../github.ts";
import type { Job } from "../job.ts";
import { JobFailure } from "../job-failure.ts";
import type { JobPorts } from "../ports.ts";
import type { TrustedRepository } from "../trusted-repository.ts";
import { type Collected, commitAs } from "./collect.ts";
import { commitVerified, type VerifiedCommit } from "./commit-verified.ts";
import { openPullRequest } from "./open-pull-request.ts";
import type { AgentResult } from "./run-agent.ts";

/** What an attempt that was cut off was about to push, or has pushed. */
const PUSH_MARK = "publish";
interface Pushed {
  sha: string;
  branch: string;
}

/** Somebody who keeps pushing has the branch to themselves. */
const MOST_REBASES = 3;

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
  // Each is a request of its own to GitHub, and none needs another's answer.
  const [permission, token, earlier] = await Promise.all([
    github.permission(requester.login),
    writeToken(ports),
    earlierPush(job, collected, ports),
  ]);
  // Asked again: minutes have passed, and a person may have lost the right meanwhile (DESIGN §4.6).
  if (!mayCommand(permission)) {
    throw new JobFailure(
      "permission-lost",
      `${requester.login} may not write to this repository any more.`,
      "Somebody who may write can comment the same command.",
    );
  }
  let pushed = earlier;
  if (pushed === null) {
    let { sha } = collected;
    if (!(await repository.holds(sha))) sha = (await collectAgain())?.sha ?? sha;
    pushed = await push(job, work, sha, repository, token, ports);
  }
  const isOwn = pushed.branch !== job.target.branch;
  const pullRequest = isOwn ? null : await openPullRequest(job, work, ports);
  emit({ type: "published", ...pushed, pullRequest });
}

/** What an attempt that was cut off has pushed; null: nothing. People may have gone on from there. */
async function earlierPush(
  job: Job,
  { sha }: NonNullable<Collected>,
  { github, journal }: JobPorts,
): Promise<Pushed | null> {
  const marked = journal.mark(PUSH_MARK) as Pushed | undefined;
  const pushed = marked ?? { sha, branch: job.target.branch };
  return (await isPushed(job, pushed, github)) ? pushed : null;
}

async function isPushed(
  { target }: Job,
  { sha, branch }: Pushed,
  github: GitHub,
): Promise<boolean> {
  const head = await github.branchHead(branch);
  if (head === null || (head === target.sha && branch === target.branch)) return false;
  return head === sha || github.contains(branch, sha);
}

/** Pushes to the job's branch; where somebody else has pushed meanwhile, on top of theirs. */
async function push(
  job: Job,
  work: AgentResult,
  sha: string,
  repository: TrustedRepository,
  token: string,
  ports: JobPorts,
): Promise<Pushed> {
  const { branch, pullRequest, sha: base } = job.target;
  const { github, journal, emit } = ports;
  let pushed = { sha, branch };
  let expected = pullRequest === null ? "" : base;
  for (let rebases = 0; ; rebases++) {
    await journal.setMark(PUSH_MARK, pushed);
    try {
      const verified = await verifiedCommit(job, work, pushed, expected, repository, ports);
      if (verified !== null) return { sha: await commitVerified(job, verified, ports), branch };
      await repository.push(branch, expected, token);
      return pushed;
    } catch (error) {
      // When the answer to a push is lost, curl sends it again by itself, and that one is refused.
      if (await isPushed(job, pushed, github)) return pushed;
      const head = pullRequest === null ? null : await github.branchHead(branch);
      const isAhead = head !== null && head !== expected && (await github.contains(branch, base));
      // Set back, or gone: to push on top would bring back what was taken away.
      if (!isAhead) throw error;
      const as = commitAs(job, work.summary, await github.identity(), ports);
      const rebased =
        rebases < MOST_REBASES ? await repository.rebase(head, as, token, ports.signal) : null;
      if (rebased === null) return divert(job, pushed.sha, repository, token, ports);
      emit({ type: "rebased", onto: head });
      emit({ type: "committed", ...rebased });
      pushed = { sha: rebased.sha, branch };
      expected = head;
    }
  }
}

/** What GitHub is to make a commit of; null: it is pushed, as the repository wants or since it has to be. */
async function verifiedCommit(
  job: Job,
  work: AgentResult,
  { branch }: Pushed,
  expected: string,
  repository: TrustedRepository,
  ports: JobPorts,
): Promise<VerifiedCommit | null> {
  if (!job.settings.commit.verified) return null;
  const parent = expected === "" ? job.target.sha : expected;
  const changes = await repository.fileChanges(parent);
  if (changes === null) {
    ports.emit({ type: "noted", note: NOT_VERIFIED });
    return null;
  }
  const { message } = commitAs(job, work.summary, await ports.github.identity(), ports);
  return { branch, parent, tree: await repository.tree(), message, changes };
}

const NOT_VERIFIED =
  "The commit is not verified: GitHub cannot make one with executable files, links or submodules, or of more than 25 MB.";

/** To a branch of its own, for somebody to merge by hand: nothing is lost, and nothing is forced. */
async function divert(
  job: Job,
  sha: string,
  repository: TrustedRepository,
  token: string,
  { journal, github }: JobPorts,
): Promise<Pushed> {
  const pushed = { sha, branch: `box/pr-${job.request.thread.number}-${job.id}` };
  await journal.setMark(PUSH_MARK, pushed);
  try {
    await repository.push(pushed.branch, "", token);
  } catch (error) {
    if (!(await isPushed(job, pushed, github))) throw error;
  }
  return pushed;
}

async function writeToken({ github, addSecret }: JobPorts): Promise<string> {
  const token = await github.writeToken();
  addSecret(token);
  return token;
}
