import type { z } from "zod";
import type { Change } from "./change.ts";
import { changeIn } from "./change.ts";
import { fromCheck, type Press } from "./from-check.ts";
import { fromComment } from "./from-comment.ts";
import { fromReview } from "./from-review.ts";
import { fromSubject } from "./from-subject.ts";
import {
  checkPayload,
  commentPayload,
  installationPayload,
  renamePayload,
  reviewPayload,
  subjectPayload,
} from "./payload.ts";
import type { Asked } from "./request-of.ts";

/** What a delivery leads to, or the reason why it is none of our business. */
export type Trigger =
  | Asked
  /** Somebody has pressed a button of a check run of ours. */
  | { press: Press }
  /** Something has happened that jobs have to end for. */
  | { change: Change };

/** A delivery: the event's name, what names it uniquely, and its payload. */
export interface Event {
  name: string;
  id: string;
  payload: unknown;
}

export interface TriggerOptions {
  /** The App's slug: `@slug …` is the same as `/box …`. Null: it has none, or it is not known. */
  mention?: string | null;
}

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
export function trigger(event: Event, { mention = null }: TriggerOptions = {}): Trigger {
  switch (event.name) {
    case "issue_comment":
    case "pull_request_review_comment":
      return read(event, commentPayload, (payload) => fromComment(event, payload, mention));
    case "pull_request_review":
      return read(event, reviewPayload, (payload) => fromReview(event, payload, mention));
    case "issues":
    case "pull_request":
      return read(event, subjectPayload, (payload) => {
        const change = changeIn.subject(event.name, payload);
        return change === null ? fromSubject(event, payload, mention) : { change };
      });
    case "check_run":
      return read(event, checkPayload, (payload) => fromCheck(event, payload));
    case "repository":
      return read(event, renamePayload, (payload) => changed(changeIn.repository(payload), event));
    case "installation":
    case "installation_repositories":
      return read(event, installationPayload, (payload) =>
        changed(changeIn.installation(event.name, payload), event),
      );
    default:
      return { ignored: `${event.name} events ask for nothing` };
  }
}

function changed(change: Change | null, { name }: Event): Trigger {
  return change === null ? { ignored: `this ${name} event changes nothing for us` } : { change };
}

function read<T>(event: Event, schema: z.ZodType<T>, make: (payload: T) => Trigger): Trigger {
  const parsed = schema.safeParse(event.payload);
  if (parsed.success) return make(parsed.data);
  const issue = parsed.error.issues[0];
  return { ignored: `not a ${event.name} payload: ${issue?.path.join(".")}: ${issue?.message}` };
}
