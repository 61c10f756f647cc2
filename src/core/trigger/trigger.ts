import type { CommentRef, Request, Thread } from "../request.ts";
import { stripInvisible } from "../strip-invisible.ts";
import { type CommentPayload, commentPayload } from "./comment-payload.ts";
import { parseCommand } from "./parse-command.ts";
import { sanitise } from "./sanitise.ts";

/** What a delivery leads to: a request, or the reason why it is none of our business. */
export type Trigger = { request: Request } | { ignored: string };

/**
 * Turns an event into a request, or says why not. Pure; a hostile or half payload is ignored with
 * the reason and never throws. Whether the requester *may* ask is admission's question.
 *
 * The text is frozen here and cleaned of all that a reader of the page cannot see, so that nothing
 * after this point has to remember to do it.
 *
 * @example
 * trigger({ name: "issue_comment", id: delivery, payload });
 * // { request: { command: { verb: "fix", what: "tests" }, … } } or { ignored: "…" }
 */
export function trigger(event: { name: string; id: string; payload: unknown }): Trigger {
  if (event.name !== "issue_comment" && event.name !== "pull_request_review_comment") {
    return { ignored: `${event.name} events ask for nothing` };
  }
  const parsed = commentPayload.safeParse(event.payload);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return { ignored: `not a ${event.name} payload: ${issue?.path.join(".")}: ${issue?.message}` };
  }
  return fromComment(event, parsed.data);
}

function fromComment(event: { name: string; id: string }, payload: CommentPayload): Trigger {
  const { comment, sender, repository } = payload;
  if (payload.action !== "created") {
    return { ignored: `the comment was ${payload.action}, and only a new one is a request` };
  }
  if (sender.type !== "User" || comment.user.type !== "User") {
    return { ignored: `${sender.login} is a ${sender.type}, and only people may ask` };
  }
  // An App that acts in a person's name (a user-to-server token) shows as that person.
  if (comment.performed_via_github_app != null) {
    return { ignored: "the comment was written by an App in a person's name" };
  }
  if (sender.id !== comment.user.id) {
    return { ignored: "the sender is not the comment's author" };
  }
  const parsed = parseCommand(comment.body);
  if (parsed === null) return { ignored: "the comment does not start with /box" };
  const thread = threadOf(event.name, payload);
  if (thread === null) return { ignored: `the ${event.name} payload has no thread` };
  return {
    request: {
      id: event.id,
      repository: {
        owner: repository.owner.login,
        name: repository.name,
        private: repository.private,
        defaultBranch: repository.default_branch,
        cloneUrl: repository.clone_url,
        htmlUrl: repository.html_url,
      },
      thread,
      comment: commentOf(event.name, payload),
      requester: { login: sender.login, id: sender.id, type: "User" },
      ...parsed,
    },
  };
}

function threadOf(eventName: string, payload: CommentPayload): Thread | null {
  const isReview = eventName === "pull_request_review_comment";
  const subject = isReview ? payload.pull_request : payload.issue;
  if (!subject) return null;
  return {
    kind: isReview || subject.pull_request != null ? "pull-request" : "issue",
    number: subject.number,
    title: sanitise(subject.title).trim(),
    body: sanitise(subject.body ?? ""),
    htmlUrl: subject.html_url,
  };
}

function commentOf(eventName: string, { comment }: CommentPayload): CommentRef {
  if (eventName === "issue_comment") {
    return { kind: "issue-comment", id: comment.id, htmlUrl: comment.html_url };
  }
  return {
    kind: "review-comment",
    id: comment.id,
    htmlUrl: comment.html_url,
    review: {
      path: stripInvisible(comment.path ?? ""),
      line: comment.line ?? comment.original_line ?? null,
      side: comment.side ?? "RIGHT",
      // Code: Markdown clean-up would change what it says.
      diffHunk: stripInvisible(comment.diff_hunk ?? ""),
      threadId: comment.in_reply_to_id ?? comment.id,
    },
  };
}
