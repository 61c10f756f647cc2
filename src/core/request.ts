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

/** What asked, and where the answer goes: into a review comment's own thread, else below all. */
export interface Origin {
  /** `review`: a submitted review; `thread`: the text of the issue itself, or a label on it. */
  kind: "issue-comment" | "review-comment" | "review" | "thread";
  /** The comment's or review's; of a `thread` the number of the issue or pull request. */
  id: number;
  htmlUrl: string;
  /** The label that asked; it is taken off when the job starts. */
  label?: string;
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

/** What is asked for. */
export type Command =
  | { verb: "run"; command: string }
  | { verb: "fix"; what: string }
  | { verb: "prompt"; prompt: string }
  | { verb: "ask"; question: string }
  | { verb: "review"; focus: string }
  | { verb: "plan"; what: string }
  | { verb: "continue"; what: string }
  /** Of a plan by its id, of a fork's commit by the beginning of its SHA; null: of the last plan. */
  | { verb: "approve"; what: string | null }
  /** A plan that somebody has approved. */
  | { verb: "execute"; what: string; plan: string }
  /** What it means is the configuration's business. */
  | { verb: "label"; label: string }
  /** An issue was opened; whether that asks for anything is the configuration's business. */
  | { verb: "opened" }
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
  origin: Origin;
  requester: Actor;
  /** Milliseconds since 1970, by GitHub's clock: what was written or edited later does not count. */
  askedAt: number;
  command: Command;
  options: JobOptions;
  /** The first line as it was written, for people to recognise: `/box fix tests`, `label box`. */
  commandLine: string;
}
