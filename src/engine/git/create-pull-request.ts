import { z } from "zod";
import type { GitCreatePullRequest, GitPullRequest } from "../../box/wire.ts";
import type { EngineBox } from "../engine-box.ts";
import { EngineError } from "../engine-error.ts";
import { requireBranch } from "./branch.ts";
import { type GitHubAnswer, GitHubApi } from "./github-api.ts";
import { originOf } from "./origin.ts";

const RepositoryAnswer = z.object({ default_branch: z.string() });
const PullRequestAnswer = z.object({
  html_url: z.string(),
  number: z.number(),
  title: z.string(),
  base: z.object({ ref: z.string() }),
});
/** Some of GitHub's errors are objects with a message, some are text, one or several. */
const ErrorAnswer = z.object({
  message: z.string(),
  errors: z
    .array(z.union([z.string(), z.looseObject({ message: z.string() }).transform(messageOf)]))
    .catch([]),
});

/**
 * Opens a pull request for the branch that is checked out in a clone in a box, with the box's token.
 * @throws EngineError 400 when the branch was not pushed, and with GitHub's words when it refuses
 */
export async function createPullRequest(
  box: EngineBox,
  request: GitCreatePullRequest,
  allowedHosts: ReadonlySet<string>,
): Promise<GitPullRequest> {
  const { title, body, folder } = request;
  const { repository, token } = await originOf(box, folder, allowedHosts);
  const { branch } = await requireBranch(box, folder);
  const github = new GitHubApi(repository, token, allowedHosts);
  const base =
    request.base ?? require(RepositoryAnswer, await github.request("GET", "")).default_branch;
  if (base === branch) {
    throw new EngineError(
      400,
      "same_branch",
      `${branch} is checked out and is the base too; check out a branch of its own, commit and push it first.`,
    );
  }
  const pushed = await github.request("GET", `/branches/${encodeURIComponent(branch)}`);
  if (pushed.status === 404) {
    throw new EngineError(
      400,
      "not_pushed",
      `${repository.url} has no branch ${branch}; push it with git.push first.`,
    );
  }
  const opened = await github.request("POST", "/pulls", { title, body, head: branch, base });
  const answer = require(PullRequestAnswer, opened);
  return {
    url: answer.html_url,
    number: answer.number,
    title: answer.title,
    base: answer.base.ref,
  };
}

function messageOf({ message }: { message: string }): string {
  return message;
}

function require<T extends z.ZodType>(schema: T, { status, body }: GitHubAnswer): z.infer<T> {
  const result = schema.safeParse(body);
  if (status >= 200 && status < 300 && result.success) return result.data;
  const error = ErrorAnswer.safeParse(body).data;
  const words = [error?.message, ...(error?.errors ?? [])];
  const said = words.filter(Boolean).join(": ") || "no message";
  throw new EngineError(
    status >= 500 ? 502 : 400,
    "github_refused",
    `GitHub answers ${status}: ${said}; check the repository, the branches and what the box's github_token may do.`,
  );
}
