import type { FileChanges } from "./file-changes.ts";
import type { Origin } from "./request.ts";

/** What a collaborator may do, in GitHub's own words; of a role that an organization has made, what it is based on. */
export type Permission = "admin" | "maintain" | "write" | "triage" | "read" | "none";

/** The parts of a pull request that decide what a job does. `head.sha` is pinned at admission. */
export interface PullRequest {
  number: number;
  htmlUrl: string;
  state: "open" | "closed";
  head: {
    ref: string;
    sha: string;
    /** `owner/name`; null when the fork is gone. */
    repository: string | null;
    /** Where git finds it, without credentials. */
    cloneUrl: string | null;
    private: boolean;
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

/** What somebody has written in a thread. Times are milliseconds since 1970. */
export interface Remark {
  id: number;
  author: string;
  /** GitHub's word for what the author is to the repository: OWNER, MEMBER, CONTRIBUTOR, NONE… */
  association: string;
  body: string;
  createdAt: number;
  /** Later than `createdAt` when it was edited. */
  updatedAt: number;
}

/** A remark on lines of a pull request. */
export interface ReviewRemark extends Remark {
  path: string;
  line: number | null;
  diffHunk: string;
  /** The review it belongs to; null: none. */
  reviewId: number | null;
  /** The first remark of its thread: this one's id when it is the first. */
  threadId: number;
}

/** A file of a pull request. `patch` is missing where GitHub leaves it out: it is binary, or large. */
export interface PullRequestFile {
  path: string;
  status: string;
  additions: number;
  deletions: number;
  patch?: string;
}

/** A check run that has ended badly. */
export interface FailedCheck {
  id: number;
  name: string;
  conclusion: string;
  /** What it says about itself, in its own Markdown. */
  output: string;
  /** The end of its log; empty where there is none that may be read. */
  log: string;
}

/** What a check run shows. Texts are Markdown. */
export interface CheckView {
  status: "in_progress" | "completed";
  conclusion?: "success" | "failure" | "neutral" | "cancelled";
  title: string;
  summary: string;
  text?: string;
  annotations?: readonly Annotation[];
  actions?: ReadonlyArray<{ label: string; description: string; identifier: string }>;
}

export interface Annotation {
  path: string;
  startLine: number;
  endLine: number;
  level: "notice" | "warning" | "failure";
  title: string;
  message: string;
}

/** A check run of ours. */
export interface PostedCheck {
  id: number;
  htmlUrl: string;
}

/** A remark on lines that a review makes. */
export interface NewReviewRemark {
  path: string;
  /** On the changed side. */
  line: number;
  /** Where it begins, when it is about several lines. */
  startLine?: number;
  body: string;
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
  /** The files at a commit's or branch's root, each with the SHA of its content. */
  blobs(ref: string): Promise<ReadonlyMap<string, string>>;
  pullRequest(number: number): Promise<PullRequest>;
  /** The SHA a branch points to, or null if there is no such branch. */
  branchHead(branch: string): Promise<string | null>;
  /** Where a commit's history has left that of a branch; null: they have none in common. */
  mergeBase(branch: string, sha: string): Promise<string | null>;
  /** Whether a commit is a branch's head, or an ancestor of it. */
  contains(branch: string, sha: string): Promise<boolean>;
  react(origin: Origin, reaction: Reaction): Promise<void>;
  /** Posts in the thread; in a review thread when the request came from one. */
  reply(to: { thread: number; origin: Origin }, body: string): Promise<PostedComment>;
  /** Finds a comment of ours by the marker it contains, or null. */
  findReply(to: { thread: number; origin: Origin }, marker: string): Promise<PostedComment | null>;
  editReply(
    comment: { kind: Origin["kind"]; id: number },
    body: string,
    signal?: AbortSignal,
  ): Promise<void>;
  /** What was written in a thread, oldest first; of very long threads the newest part. */
  remarks(thread: number): Promise<Remark[]>;
  reviewRemarks(pullRequest: number): Promise<ReviewRemark[]>;
  /** At most 3 000, as many as GitHub lists. */
  pullRequestFiles(number: number): Promise<PullRequestFile[]>;
  failedChecks(sha: string): Promise<FailedCheck[]>;
  /** Makes a check run on a commit. @param externalId names it, for {@link GitHub.findCheck} */
  createCheck(sha: string, externalId: string, view: CheckView): Promise<PostedCheck>;
  findCheck(sha: string, externalId: string): Promise<PostedCheck | null>;
  updateCheck(id: number, view: CheckView, signal?: AbortSignal): Promise<void>;
  /** Submits a review that neither approves nor refuses. */
  createReview(
    pullRequest: number,
    review: { sha: string; body: string; remarks: readonly NewReviewRemark[] },
  ): Promise<PostedComment>;
  /** The reviews of a pull request that are ours, with their texts. */
  ownReviews(pullRequest: number): Promise<Array<PostedComment & { body: string }>>;
  /** Makes a branch at a commit. */
  createBranch(branch: string, sha: string): Promise<void>;
  /** The tree and the parents of a commit; null when there is none. */
  commit(sha: string): Promise<{ tree: string; parents: string[] } | null>;
  /**
   * Has GitHub make a commit on top of a branch, so that it is verified.
   * @returns its SHA
   * @throws when the branch is not at `expected`
   */
  commitOnBranch(
    branch: string,
    expected: string,
    commit: { message: string; changes: FileChanges },
  ): Promise<string>;
  removeLabel(thread: number, label: string): Promise<void>;
  requestReviewers(pullRequest: number, logins: readonly string[]): Promise<void>;
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
