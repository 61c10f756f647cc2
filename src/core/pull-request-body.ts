import { codeSpan } from "./markdown.ts";
import { quoteAgent } from "./quote-agent.ts";
import type { Request } from "./request.ts";

/**
 * The description of a pull request that a job opened: merging one for an issue closes the issue, one for
 * a fork's pull request names that.
 */
export function pullRequestBody(request: Request, summary: string): string {
  const { thread, requester, commandLine } = request;
  return [
    thread.kind === "issue"
      ? `Closes #${thread.number}`
      : `What was done for #${thread.number}, which comes from a fork. It holds that one's commits too.`,
    "",
    quoteAgent(summary),
    "",
    // A profile link names a person without notifying them.
    `Asked for by [${requester.login}](${new URL(request.repository.htmlUrl).origin}/${requester.login}) with ${codeSpan(commandLine)} in #${thread.number}.`,
    "",
  ].join("\n");
}
