import type { Command, Request } from "../../src/core/request.ts";

/** A request with nothing special about it but what is named. */
export function aRequest(
  wanted: {
    command?: Command;
    commandLine?: string;
    kind?: Request["thread"]["kind"];
    title?: string;
    body?: string;
    /** Whether it was asked in a review comment. */
    review?: boolean;
    path?: string;
    diffHunk?: string;
    defaultBranch?: string;
  } = {},
): Request {
  const { kind = "pull-request", path = "a.txt", diffHunk = "@@ -1 +1 @@\n-a\n+b" } = wanted;
  const htmlUrl = "https://github.com/acme/site";
  const review = { path, line: 3, side: "RIGHT" as const, diffHunk, threadId: 4 };
  return {
    id: "delivery-1",
    repository: {
      owner: "acme",
      name: "site",
      private: false,
      defaultBranch: wanted.defaultBranch ?? "main",
      cloneUrl: `${htmlUrl}.git`,
      htmlUrl,
    },
    thread: {
      kind,
      number: 7,
      title: wanted.title ?? "A title",
      body: wanted.body ?? "A description.",
      htmlUrl: `${htmlUrl}/pull/7`,
    },
    origin: {
      kind: wanted.review ? "review-comment" : "issue-comment",
      id: 5,
      htmlUrl: `${htmlUrl}/pull/7#issuecomment-5`,
      ...(wanted.review ? { review } : {}),
    },
    requester: { login: "maya", id: 12, type: "User" },
    command: wanted.command ?? { verb: "fix", what: "the tests" },
    askedAt: 1_750_000_000_000,
    options: {},
    commandLine: wanted.commandLine ?? "/box fix the tests",
  };
}
