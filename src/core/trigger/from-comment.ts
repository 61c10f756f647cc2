import type { z } from "zod";
import type { Origin } from "../request.ts";
import { stripInvisible } from "../strip-invisible.ts";
import { parseCommand } from "./parse-command.ts";
import type { commentPayload } from "./payload.ts";
import { type Asked, notAPerson, requestOf, threadOf } from "./request-of.ts";

type CommentPayload = z.infer<typeof commentPayload>;

/** A new comment that begins with a command, on an issue, a pull request or a line of one. */
export function fromComment(
  event: { name: string; id: string },
  payload: CommentPayload,
  mention: string | null,
): Asked {
  const { comment } = payload;
  if (payload.action !== "created") {
    return { ignored: `the comment was ${payload.action}, and only a new one is a request` };
  }
  const nobody = notAPerson(payload, comment.user);
  if (nobody !== null) return { ignored: nobody };
  // An App that acts in a person's name (a user-to-server token) shows as that person.
  if (comment.performed_via_github_app != null) {
    return { ignored: "the comment was written by an App in a person's name" };
  }
  const asked = parseCommand(comment.body, mention);
  if (asked === null) return { ignored: "the comment does not start with /box" };
  const isReview = event.name === "pull_request_review_comment";
  const subject = isReview ? payload.pull_request : payload.issue;
  if (!subject) return { ignored: `the ${event.name} payload has no thread` };
  const kind = isReview || subject.pull_request != null ? "pull-request" : "issue";
  return requestOf(event, payload, {
    thread: threadOf(kind, subject),
    origin: originOf(isReview, comment),
    askedAt: comment.created_at,
    asked,
  });
}

function originOf(isReview: boolean, comment: CommentPayload["comment"]): Origin {
  if (!isReview) return { kind: "issue-comment", id: comment.id, htmlUrl: comment.html_url };
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
