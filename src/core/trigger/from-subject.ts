import type { z } from "zod";
import { LABEL_PREFIX } from "../config/box-config.ts";
import { stripInvisible } from "../strip-invisible.ts";
import { parseCommand } from "./parse-command.ts";
import type { subjectPayload } from "./payload.ts";
import { type Asked, notAPerson, requestOf, threadOf } from "./request-of.ts";

type SubjectPayload = z.infer<typeof subjectPayload>;

/** A label that was put on an issue or a pull request, or an issue that was opened. */
export function fromSubject(
  event: { name: string; id: string },
  payload: SubjectPayload,
  mention: string | null,
): Asked {
  const { action, issue, pull_request } = payload;
  const subject = pull_request ?? issue;
  if (subject === undefined) return { ignored: `the ${event.name} payload has no thread` };
  const isPull = pull_request !== undefined || issue?.pull_request != null;
  const thread = threadOf(isPull ? "pull-request" : "issue", subject);
  const origin = { kind: "thread" as const, id: subject.number, htmlUrl: subject.html_url };
  const askedAt = subject.updated_at;
  if (action === "labeled") {
    const label = stripInvisible(payload.label?.name ?? "");
    if (!label.toLowerCase().startsWith(LABEL_PREFIX)) {
      return { ignored: `the label does not start with ${LABEL_PREFIX}` };
    }
    const nobody = notAPerson(payload);
    if (nobody !== null) return { ignored: nobody };
    const asked = {
      command: { verb: "label" as const, label },
      options: {},
      commandLine: `label ${label}`,
    };
    return requestOf(event, payload, { thread, origin: { ...origin, label }, askedAt, asked });
  }
  if (action !== "opened" || issue === undefined || isPull) {
    return { ignored: `${action} ${event.name} ask for nothing` };
  }
  const nobody = notAPerson(payload, issue.user ?? undefined);
  if (nobody !== null) return { ignored: nobody };
  if (issue.performed_via_github_app != null) {
    return { ignored: "the issue was written by an App in a person's name" };
  }
  const asked = parseCommand(issue.body ?? "", mention) ?? {
    command: { verb: "opened" as const },
    options: {},
    commandLine: "a new issue",
  };
  return requestOf(event, payload, { thread, origin, askedAt, asked });
}
