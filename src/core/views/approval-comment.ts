import { codeSpan } from "../markdown.ts";
import type { Request } from "../request.ts";

/** What is needed before anything is done with a fork's code that it could gain from. */
export function approvalComment({ commandLine }: Request, sha: string): string {
  return [
    `${codeSpan(commandLine)} waits: this pull request comes from a fork, and its code would be run.`,
    `Look at its changes; then somebody who may write comments \`/box approve ${sha.slice(0, 7)}\`. That is good for this commit alone.`,
    "<sub>`/box ask` and `/box review` need no approval.</sub>",
  ].join("\n\n");
}
