import type { KeyObject } from "node:crypto";
import type { GitRepository } from "../git/git-repository.ts";

/** What a token of an App may do: permission name → level, in GitHub's own words. */
export type Permissions = Record<string, "read" | "write" | "admin">;

/** A collaborator's role on one repository, as `role_name` says it. */
export type Role = "admin" | "maintain" | "write" | "triage" | "read" | "none";

export type ReactionContent =
  | "+1"
  | "-1"
  | "laugh"
  | "confused"
  | "heart"
  | "hooray"
  | "rocket"
  | "eyes";

export interface UserRecord {
  id: number;
  login: string;
  type: "User" | "Bot" | "Organization";
  name: string | null;
  createdAt: number;
}

export interface AppRecord {
  id: number;
  clientId: string;
  slug: string;
  name: string;
  owner: UserRecord;
  bot: UserRecord;
  publicKey: () => KeyObject;
  permissions: Permissions;
  events: string[];
  webhookUrl: string | undefined;
  webhookSecret: string | undefined;
  createdAt: number;
}

export interface InstallationRecord {
  id: number;
  app: AppRecord;
  account: UserRecord;
  /** `null` means all repositories of the account. */
  repositoryIds: Set<number> | null;
  permissions: Permissions;
  events: string[];
  createdAt: number;
}

export interface TokenRecord {
  token: string;
  kind: "user" | "installation" | "actions";
  user: UserRecord;
  installation: InstallationRecord | null;
  /** `null` means no limit beyond what the user or installation may do. */
  permissions: Permissions | null;
  repositoryIds: Set<number> | null;
  expiresAt: number | null;
}

export interface LabelRecord {
  id: number;
  name: string;
  color: string;
  description: string | null;
}

export interface ReactionRecord {
  id: number;
  user: UserRecord;
  content: ReactionContent;
  createdAt: number;
}

/** A body somebody wrote, with what happened to it since. */
interface Written {
  id: number;
  user: UserRecord;
  app: AppRecord | null;
  createdAt: number;
  updatedAt: number;
  reactions: ReactionRecord[];
}

export interface CommentRecord extends Written {
  body: string;
  /** Every body it had, oldest first; the last one is `body`. */
  history: { at: number; body: string }[];
}

export interface ReviewCommentRecord extends Written {
  body: string;
  reviewId: number | null;
  inReplyTo: number | null;
  path: string;
  line: number | null;
  startLine: number | null;
  side: "LEFT" | "RIGHT";
  startSide: "LEFT" | "RIGHT" | null;
  subject: "line" | "file";
  commitSha: string;
  originalCommitSha: string;
  diffHunk: string;
}

export interface ReviewRecord {
  id: number;
  user: UserRecord;
  body: string;
  state: "APPROVED" | "CHANGES_REQUESTED" | "COMMENTED" | "PENDING" | "DISMISSED";
  commitSha: string;
  submittedAt: number;
}

export interface PullRecord {
  id: number;
  base: { ref: string; sha: string };
  /** `repository` is `null` once the fork is gone. */
  head: { repository: RepositoryRecord | null; ref: string; sha: string };
  draft: boolean;
  mergedAt: number | null;
  mergedBy: UserRecord | null;
  mergeCommitSha: string | null;
  maintainerCanModify: boolean;
  requestedReviewers: UserRecord[];
  reviews: ReviewRecord[];
  reviewComments: ReviewCommentRecord[];
  /** Heads the pull request had, for the timeline of the web page. */
  pushes: { at: number; user: UserRecord; sha: string }[];
}

export interface IssueRecord extends Written {
  number: number;
  title: string;
  body: string | null;
  state: "open" | "closed";
  stateReason: "completed" | "not_planned" | "reopened" | "duplicate" | null;
  locked: boolean;
  labels: LabelRecord[];
  assignees: UserRecord[];
  closedAt: number | null;
  closedBy: UserRecord | null;
  comments: CommentRecord[];
  pull: PullRecord | null;
}

export interface AnnotationRecord {
  path: string;
  start_line: number;
  end_line: number;
  start_column?: number;
  end_column?: number;
  annotation_level: "notice" | "warning" | "failure";
  message: string;
  title?: string;
  raw_details?: string;
}

export interface CheckRunRecord {
  id: number;
  app: AppRecord | null;
  name: string;
  headSha: string;
  status: "queued" | "in_progress" | "completed";
  conclusion: string | null;
  detailsUrl: string | null;
  externalId: string | null;
  startedAt: number;
  completedAt: number | null;
  title: string | null;
  summary: string | null;
  text: string | null;
  annotations: AnnotationRecord[];
  actions: { label: string; description: string; identifier: string }[];
  /** Of a workflow's job. */
  log?: string;
}

export interface StatusRecord {
  id: number;
  sha: string;
  state: "error" | "failure" | "pending" | "success";
  context: string;
  description: string | null;
  targetUrl: string | null;
  creator: UserRecord;
  createdAt: number;
}

export interface RepositoryRecord {
  id: number;
  owner: UserRecord;
  name: string;
  fullName: string;
  private: boolean;
  defaultBranch: string;
  parent: RepositoryRecord | null;
  git: GitRepository;
  roles: Map<number, Role>;
  /** "Allow GitHub Actions to create and approve pull requests". */
  actionsMayOpenPulls: boolean;
  issues: Map<number, IssueRecord>;
  labels: Map<string, LabelRecord>;
  checkRuns: Map<number, CheckRunRecord>;
  statuses: StatusRecord[];
  nextNumber: number;
  createdAt: number;
  pushedAt: number;
}
