import { commentJson, issueJson } from "../json/issue.ts";
import { validationFailed } from "../rest/errors.ts";
import type {
  AppRecord,
  CommentRecord,
  IssueRecord,
  RepositoryRecord,
  UserRecord,
} from "../store/records.ts";
import { announce } from "../webhooks/announce.ts";
import type { Delivery } from "../webhooks/webhooks.ts";
import { type Actor, tellComment, type World } from "../world.ts";

/** The longest body GitHub takes, in characters. */
export const LONGEST_BODY = 65_536;

export interface CommentMade {
  comment: CommentRecord;
  deliveries: Promise<Delivery[]>;
}

export function createComment(
  world: World,
  repository: RepositoryRecord,
  issue: IssueRecord,
  actor: Actor,
  body: string,
): CommentMade {
  checkBody("IssueComment", body);
  const now = world.clock.now();
  const comment: CommentRecord = {
    ...written(world, "comment", actor),
    body,
    history: [{ at: now, body }],
  };
  issue.comments.push(comment);
  issue.updatedAt = now;
  return { comment, deliveries: tell(world, repository, issue, actor, comment, "created") };
}

export function editComment(
  world: World,
  repository: RepositoryRecord,
  issue: IssueRecord,
  comment: CommentRecord,
  actor: Actor,
  body: string,
): CommentMade {
  checkBody("IssueComment", body);
  const from = comment.body;
  comment.body = body;
  comment.updatedAt = world.clock.now();
  comment.history.push({ at: comment.updatedAt, body });
  const changes = { body: { from } };
  return { comment, deliveries: tell(world, repository, issue, actor, comment, "edited", changes) };
}

export function deleteComment(
  world: World,
  repository: RepositoryRecord,
  issue: IssueRecord,
  comment: CommentRecord,
  actor: Actor,
): Promise<Delivery[]> {
  issue.comments = issue.comments.filter((one) => one !== comment);
  return tell(world, repository, issue, actor, comment, "deleted");
}

/** What everything that somebody wrote has from the start. */
export function written(
  world: World,
  kind: string,
  actor: Actor,
): {
  id: number;
  user: UserRecord;
  app: AppRecord | null;
  createdAt: number;
  updatedAt: number;
  reactions: [];
} {
  const now = world.clock.now();
  return {
    id: world.store.nextId(kind),
    user: actor.user,
    app: actor.app,
    createdAt: now,
    updatedAt: now,
    reactions: [],
  };
}

/** Refuses an empty or too long body with GitHub's words. */
export function checkBody(resource: string, body: string | null | undefined, empty = false): void {
  if (!body?.trim()) {
    if (empty) return;
    throw validationFailed({
      resource,
      field: "body",
      code: "custom",
      message: "Body cannot be blank",
    });
  }
  if (body.length > LONGEST_BODY) {
    throw validationFailed({
      resource,
      field: "body",
      code: "unprocessable",
      message: `body is too long (maximum is ${LONGEST_BODY} characters)`,
    });
  }
}

function tell(
  world: World,
  repository: RepositoryRecord,
  issue: IssueRecord,
  actor: Actor,
  comment: CommentRecord,
  action: "created" | "edited" | "deleted",
  changes?: object,
): Promise<Delivery[]> {
  tellComment(world, repository, issue, comment, action);
  return announce(world, repository, actor, "issue_comment", {
    action,
    ...(changes && { changes }),
    issue: issueJson(world, repository, issue),
    comment: commentJson(world, repository, issue, comment),
  });
}
