import type { Octokit } from "@octokit/rest";
import type { GitHub, Identity, Permission, PostedComment, PullRequest } from "./github.ts";
import { octokitChecks } from "./octokit-checks.ts";
import { octokitCommits } from "./octokit-commits.ts";
import { octokitThreads } from "./octokit-threads.ts";
import type { Origin, RepositoryRef } from "./request.ts";

export interface OctokitGitHubOptions {
  /** Authenticated for the repository's installation. */
  octokit: Pick<Octokit, "rest" | "paginate" | "request" | "graphql">;
  repository: RepositoryRef;
  /** The account whose comments and commits are ours. */
  identity(): Promise<Identity>;
  /** A token for git that may only read; undefined when the repository needs none. */
  readToken(): Promise<string | undefined>;
  writeToken(): Promise<string>;
}

/** A thread with more comments than this was not made by people; the marker is looked for no further. */
const SEARCHED_COMMENTS = 1_000;

/** Those that GitHub has by itself. */
const ROLES = ["admin", "maintain", "write", "triage", "read"];

/**
 * Octokit makes requests again that failed, and one whose answer was lost may have made a comment: who
 * wants it made again looks first.
 */
const ONCE = { request: { retries: 0 } };

/** The GitHub port over Octokit. */
export function octokitGitHub(options: OctokitGitHubOptions): GitHub {
  const { octokit, repository } = options;
  const { rest } = octokit;
  const repo = { owner: repository.owner, repo: repository.name };

  return {
    ...octokitThreads(octokit, repo, options.identity),
    ...octokitChecks(octokit, repo),
    ...octokitCommits(octokit, repo),
    identity: options.identity,
    readToken: options.readToken,
    writeToken: options.writeToken,

    async permission(login) {
      const request = rest.repos.getCollaboratorPermissionLevel({ ...repo, username: login });
      // An account that does not exist is a 404, and may do nothing.
      const answer = await unlessMissing(request);
      const { role_name: role = "", permission = "none" } = answer?.data ?? {};
      return (ROLES.includes(role) ? role : permission) as Permission;
    },

    async file(path) {
      const ref = repository.defaultBranch;
      const mediaType = { format: "raw" };
      const request = rest.repos.getContent({ ...repo, path, ref, mediaType });
      const answer = await unlessMissing(request);
      // A folder comes as a list.
      return typeof answer?.data === "string" ? answer.data : null;
    },

    async blobs(ref) {
      const answer = await unlessMissing(rest.git.getTree({ ...repo, tree_sha: ref }));
      const entries = answer?.data.tree ?? [];
      return new Map(
        entries.flatMap(({ path = "", type, sha }) => (type === "blob" ? [[path, sha]] : [])),
      );
    },

    async pullRequest(number) {
      return pullRequest((await rest.pulls.get({ ...repo, pull_number: number })).data);
    },

    async branchHead(branch) {
      const answer = await unlessMissing(rest.git.getRef({ ...repo, ref: `heads/${branch}` }));
      return answer?.data.object.sha ?? null;
    },

    async contains(branch, sha) {
      const basehead = `${sha}...${branch}`;
      const request = rest.repos.compareCommitsWithBasehead({ ...repo, basehead, per_page: 1 });
      const answer = await unlessMissing(request, MISSING_COMMIT);
      return ["ahead", "identical"].includes(answer?.data.status ?? "");
    },

    async mergeBase(branch, sha) {
      const basehead = `${branch}...${sha}`;
      const request = rest.repos.compareCommitsWithBasehead({ ...repo, basehead, per_page: 1 });
      return (await unlessMissing(request, MISSING_COMMIT))?.data.merge_base_commit.sha ?? null;
    },

    async react({ kind, id }, content) {
      const comment = { ...repo, comment_id: id, content };
      if (kind === "issue-comment") await rest.reactions.createForIssueComment(comment);
      if (kind === "review-comment") {
        await rest.reactions.createForPullRequestReviewComment(comment);
      }
      if (kind === "thread") {
        await rest.reactions.createForIssue({ ...repo, issue_number: id, content });
      }
    },

    async reply({ thread, origin }, body) {
      const { data } =
        origin.review === undefined
          ? await rest.issues.createComment({ ...repo, issue_number: thread, body, ...ONCE })
          : await rest.pulls.createReplyForReviewComment({
              ...repo,
              pull_number: thread,
              comment_id: origin.review.threadId,
              body,
              ...ONCE,
            });
      return { id: data.id, htmlUrl: data.html_url };
    },

    async findReply({ thread, origin }, marker) {
      const { login } = await options.identity();
      return findComment(octokit, repo, thread, origin.kind, login, marker);
    },

    async editReply({ kind, id }, body, signal) {
      const target = { ...repo, comment_id: id, body, ...(signal && { request: { signal } }) };
      if (kind === "review-comment") await rest.pulls.updateReviewComment(target);
      else await rest.issues.updateComment(target);
    },

    async findPullRequest(head) {
      const query = { ...repo, head: `${repo.owner}:${head}`, state: "open" as const };
      const { data } = await rest.pulls.list(query);
      return data[0] === undefined ? null : pullRequest(data[0]);
    },

    async createPullRequest(fields) {
      return pullRequest((await rest.pulls.create({ ...repo, ...fields })).data);
    },
  };
}

async function findComment(
  octokit: Pick<Octokit, "rest" | "paginate">,
  repo: { owner: string; repo: string },
  thread: number,
  kind: Origin["kind"],
  login: string,
  marker: string,
): Promise<PostedComment | null> {
  const pages =
    kind === "review-comment"
      ? octokit.paginate.iterator(octokit.rest.pulls.listReviewComments, {
          ...repo,
          pull_number: thread,
          per_page: 100,
        })
      : octokit.paginate.iterator(octokit.rest.issues.listComments, {
          ...repo,
          issue_number: thread,
          per_page: 100,
        });
  let searched = 0;
  for await (const { data } of pages) {
    // Anybody can copy a marker; only a comment of our own account is ours.
    const found = data.find(
      (comment) => comment.user?.login === login && comment.body?.includes(marker),
    );
    if (found !== undefined) return { id: found.id, htmlUrl: found.html_url };
    searched += data.length;
    if (searched >= SEARCHED_COMMENTS) return null;
  }
  return null;
}

interface PullRequestData {
  number: number;
  html_url: string;
  state: string;
  head: {
    ref: string;
    sha: string;
    repo: { full_name: string; clone_url: string; private: boolean } | null;
  };
  base: { ref: string; sha: string };
}

function pullRequest(data: PullRequestData): PullRequest {
  return {
    number: data.number,
    htmlUrl: data.html_url,
    state: data.state === "open" ? "open" : "closed",
    head: {
      ref: data.head.ref,
      sha: data.head.sha,
      repository: data.head.repo?.full_name ?? null,
      cloneUrl: data.head.repo?.clone_url ?? null,
      private: data.head.repo?.private ?? false,
    },
    base: { ref: data.base.ref, sha: data.base.sha },
  };
}

/** 409 is what GitHub says of refs in an empty repository. */
const MISSING = [404, 409];
/** 422 is what it says of commits that it has never seen. */
const MISSING_COMMIT = [404, 422];

async function unlessMissing<T>(request: Promise<T>, missing = MISSING): Promise<T | null> {
  try {
    return await request;
  } catch (error) {
    const { status } = error as { status?: number };
    if (status !== undefined && missing.includes(status)) return null;
    throw error;
  }
}
