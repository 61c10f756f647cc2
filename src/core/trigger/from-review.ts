import type { z } from "zod";
import { parseCommand } from "./parse-command.ts";
import type { reviewPayload } from "./payload.ts";
import { type Asked, notAPerson, requestOf, threadOf } from "./request-of.ts";

/**
 * A submitted review whose text begins with a command: one request with all the comments of the review,
 * which the payload does not have and the job reads.
 */
export function fromReview(
  event: { id: string },
  payload: z.infer<typeof reviewPayload>,
  mention: string | null,
): Asked {
  const { review, pull_request } = payload;
  if (payload.action !== "submitted") {
    return { ignored: `the review was ${payload.action}, and only a submitted one is a request` };
  }
  const nobody = notAPerson(payload, review.user);
  if (nobody !== null) return { ignored: nobody };
  const asked = parseCommand(review.body ?? "", mention);
  if (asked === null) return { ignored: "the review does not start with /box" };
  return requestOf(event, payload, {
    thread: threadOf("pull-request", pull_request),
    origin: { kind: "review", id: review.id, htmlUrl: review.html_url },
    askedAt: review.submitted_at ?? pull_request.updated_at,
    asked,
  });
}
