import type { Origin, RepositoryRef, Request, Thread } from "../request.ts";
import type { AnyPayload } from "./payload.ts";
import { sanitise } from "./sanitise.ts";

/** A request, or why there is none. */
export type Asked = { request: Request } | { ignored: string };

interface Said {
  thread: Thread;
  origin: Origin;
  askedAt: number;
  asked: Pick<Request, "command" | "options" | "commandLine">;
}

/** The request that an event makes, with what all events have. */
export function requestOf(
  { id }: { id: string },
  { repository, sender }: AnyPayload,
  { thread, origin, askedAt, asked }: Said,
): Asked {
  return {
    request: {
      id,
      repository: repositoryOf(repository),
      thread,
      origin,
      requester: { login: sender.login, id: sender.id, type: "User" },
      askedAt,
      ...asked,
    },
  };
}

export function repositoryOf(repository: AnyPayload["repository"]): RepositoryRef {
  return {
    owner: repository.owner.login,
    name: repository.name,
    private: repository.private,
    defaultBranch: repository.default_branch,
    cloneUrl: repository.clone_url,
    htmlUrl: repository.html_url,
  };
}

/** Why nobody of this kind may ask; null: it is a person. */
export function notAPerson({ sender }: AnyPayload, author = sender): string | null {
  if (sender.type !== "User" || author.type !== "User") {
    return `${sender.login} is a ${sender.type}, and only people may ask`;
  }
  return sender.id === author.id ? null : "the sender is not the author";
}

interface Subject {
  number: number;
  title: string;
  body?: string | null | undefined;
  html_url: string;
}

/** The thread, without what its page does not show. */
export function threadOf(kind: Thread["kind"], subject: Subject): Thread {
  return {
    kind,
    number: subject.number,
    title: sanitise(subject.title).trim(),
    body: sanitise(subject.body ?? ""),
    htmlUrl: subject.html_url,
  };
}
