import type { EventEmitter } from "node:events";
import type { GitProcesses } from "./git/run-git.ts";
import type {
  AppRecord,
  CommentRecord,
  IssueRecord,
  RepositoryRecord,
  UserRecord,
} from "./store/records.ts";
import type { Store } from "./store/store.ts";
import type { Delivery, Webhooks } from "./webhooks/webhooks.ts";

/** What every part of one development GitHub shares. */
export interface World {
  store: Store;
  processes: GitProcesses;
  /** Where the bare repositories are. */
  folder: string;
  clock: Clock;
  /** The web and git host, without a slash at the end. */
  url: string;
  /** `${url}/api/v3`, as on GitHub Enterprise Server. */
  apiUrl: string;
  webhooks: Webhooks;
  events: EventEmitter<DevGitHubEvents>;
}

/** Milliseconds since 1970; `Date` is one. */
export interface Clock {
  now(): number;
}

/** Who does something, and through which App. */
export interface Actor {
  user: UserRecord;
  app: AppRecord | null;
  /** The workflow's own token: what it pushes and opens starts nothing. */
  quiet: boolean;
}

export interface CommentEvent {
  action: "created" | "edited" | "deleted";
  repository: string;
  issue: number;
  id: number;
  author: string;
  body: string;
  /** How often the comment was edited so far. */
  edits: number;
}

/** What `github.on(…)` tells. */
export interface DevGitHubEvents {
  comment: [event: CommentEvent];
  delivery: [delivery: Delivery];
  push: [event: { repository: string; ref: string; before: string; after: string; by: string }];
  /** Anything a page shows has changed; the web view's live update listens to it. */
  changed: [event: { repository: string; number: number | null }];
}

export function isoTime(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

/** Tells the listeners what happened to a comment. */
export function tellComment(
  world: World,
  repository: RepositoryRecord,
  issue: IssueRecord,
  comment: CommentRecord,
  action: CommentEvent["action"],
): void {
  world.events.emit("comment", {
    action,
    repository: repository.fullName,
    issue: issue.number,
    id: comment.id,
    author: comment.user.login,
    body: comment.body,
    edits: comment.history.length - 1,
  });
  world.events.emit("changed", { repository: repository.fullName, number: issue.number });
}
