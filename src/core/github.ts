import type { CommentRef } from "./request.ts";

/** What a collaborator may do, in GitHub's own words; of a role that an organization has made, what it is based on. */
export type Permission = "admin" | "maintain" | "write" | "triage" | "read" | "none";

/** The parts of a pull request that decide what a job does. `head.sha` is pinned at admission. */
export interface PullRequest {
  number: number;
  htmlUrl: string;
  state: "open" | "closed";
  head: {
    ref: string;
    sha: string /** `owner/name`; null when the fork is gone. */;
    repository: string | null;
  };
  base: { ref: string; sha: string };
}

/** Who commits: the App's own bot account, looked up and never guessed. */
export interface Identity {
  login: string;
  id: number;
  /** `<id>+<login>@users.noreply.github.com` */
  email: string;
}

/** A comment of ours. */
export interface PostedComment {
  id: number;
  htmlUrl: string;
}

export type Reaction = "eyes" | "confused" | "+1" | "-1" | "rocket";

/**
 * The GitHub that a job sees: one repository, few verbs. Every method throws on failure; retries and
 * rate limits are the adapter's business.
 */
export interface GitHub {
  permission(login: string): Promise<Permission>;
  /** A file of the default branch as text, or null if there is none. */
  file(path: string): Promise<string | null>;
  pullRequest(number: number): Promise<PullRequest>;
  /** The SHA a branch points to, or null if there is no such branch. */
  branchHead(branch: string): Promise<string | null>;
  /** Whether a commit is a branch's head, or an ancestor of it. */
  contains(branch: string, sha: string): Promise<boolean>;
  react(comment: CommentRef, reaction: Reaction): Promise<void>;
  /** Posts in the thread; in a review thread when the request came from one. */
  reply(to: { thread: number; comment: CommentRef }, body: string): Promise<PostedComment>;
  /** Finds a comment of ours by the marker it contains, or null. */
  findReply(
    to: { thread: number; comment: CommentRef },
    marker: string,
  ): Promise<PostedComment | null>;
  editReply(
    comment: { kind: CommentRef["kind"]; id: number },
    body: string,
    signal?: AbortSignal,
  ): Promise<void>;
  findPullRequest(head: string): Promise<PullRequest | null>;
  createPullRequest(options: {
    title: string;
    body: string;
    head: string;
    base: string;
    draft: boolean;
  }): Promise<PullRequest>;
  identity(): Promise<Identity>;
  /** For git over https, good for this one repository. The read token may go where code runs. */
  readToken(): Promise<string | undefined>;
  writeToken(): Promise<string>;
}
