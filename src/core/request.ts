/** The repository a request is about, as the event named it. */
export interface RepositoryRef {
  owner: string;
  name: string;
  private: boolean;
  defaultBranch: string;
  /** Where git finds it, without credentials, e.g. `https://github.com/acme/site.git`. */
  cloneUrl: string;
  /** Where people find it, e.g. `https://github.com/acme/site`. */
  htmlUrl: string;
}

/** The issue or pull request a request stands in. Title and body are frozen at the trigger. */
export interface Thread {
  kind: "issue" | "pull-request";
  number: number;
  title: string;
  body: string;
  htmlUrl: string;
}

/** The comment that asked. A review comment also says which lines it is about. */
export interface CommentRef {
  kind: "issue-comment" | "review-comment";
  id: number;
  htmlUrl: string;
  /** Review comments only: what the reviewer looked at. */
  review?: {
    path: string;
    line: number | null;
    side: "LEFT" | "RIGHT";
    diffHunk: string;
    /** The first comment of the review thread; answers are posted under it. */
    threadId: number;
  };
}

/** A GitHub account, as the event's `sender` showed it. */
export interface Actor {
  login: string;
  id: number;
  type: "User" | "Bot" | "Organization";
}

/** What a comment's first line asks for. */
export type Command =
  | { verb: "run"; command: string }
  | { verb: "fix"; what: string }
  | { verb: "prompt"; prompt: string }
  | { verb: "ask"; question: string }
  | { verb: "cancel" }
  | { verb: "retry" }
  | { verb: "status" }
  | { verb: "help"; because?: string };

/** What the command's options say, checked; each is over the repository's configuration. */
export interface JobOptions {
  harness?: string;
  model?: string;
  budgetUsd?: number;
  timeoutMinutes?: number;
  /** The branch to start from and to open a pull request against; for issues. */
  base?: string;
  size?: "small" | "medium" | "large";
  runtime?: string;
  draft?: boolean;
  /** False: the tests are not run. */
  verify?: boolean;
}

/** What somebody asks, frozen at the moment of asking (DESIGN §4.5). Plain data. */
export interface Request {
  /** The delivery's GUID, or whatever names the event uniquely; the key against doing it twice. */
  id: string;
  repository: RepositoryRef;
  thread: Thread;
  comment: CommentRef;
  requester: Actor;
  command: Command;
  options: JobOptions;
  /** The comment's first line as it was written, for people to recognise: `/box fix tests`. */
  commandLine: string;
}
