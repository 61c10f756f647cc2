import { codeSpan } from "./markdown.ts";
import { quoteAgent } from "./quote-agent.ts";
import type { Request } from "./request.ts";

/** The description of a pull request that a job opened for an issue; merging it closes the issue. */
export function pullRequestBody(request: Request, summary: string): string {
  const { thread, requester, commandLine } = request;
  return [
    `Closes #${thread.number}`,
    "",
    quoteAgent(summary),
    "",
    // A profile link names a person without notifying them.
    `Asked for by [${requester.login}](${new URL(request.repository.htmlUrl).origin}/${requester.login}) with ${codeSpan(commandLine)} in #${thread.number}.`,
    "",
  ].join("\n");
}
