import type { Request } from "./request.ts";
import { stripInvisible } from "./strip-invisible.ts";

/** What GitHub and git log show of a subject without cutting it. */
const SUBJECT_CHARACTERS = 72;

/** One line that says what was done: the agent's first sentence, else what was asked. */
export function commitSubject(request: Request, summary: string): string {
  const { command } = request;
  const said = command.verb === "run" ? `Run ${command.command}` : firstLine(summary);
  const text = said === "" ? request.commandLine.replace(/^\s*\/box\s+/i, "") : said;
  // By characters: half of an emoji is none.
  const characters = [...inert(stripInvisible(text))];
  if (characters.length <= SUBJECT_CHARACTERS) return characters.join("");
  return `${characters.slice(0, SUBJECT_CHARACTERS - 1).join("")}…`;
}

/**
 * The message of a job's one commit. The requester is its co-author by their account's own address,
 * which nobody else can claim.
 */
export function commitMessage(request: Request, summary: string): string {
  const { requester, thread, repository } = request;
  const host = new URL(repository.htmlUrl).hostname;
  const address = `${requester.id}+${requester.login}@users.noreply.${host}`;
  return [
    commitSubject(request, summary),
    "",
    `Asked for in #${thread.number}: ${inert(stripInvisible(request.commandLine))}`,
    "",
    `Co-authored-by: ${requester.login} <${address}>`,
    "",
  ].join("\n");
}

function firstLine(summary: string): string {
  const line = stripInvisible(summary)
    .split("\n")
    .map((text) => text.replace(/^[#>*\s-]+/, "").trim())
    .find((text) => text !== "");
  return line ?? "";
}

/**
 * A commit message closes issues and notifies people as a comment does: the keyword is parted from
 * its number by a word, and the `@` from the name by a blank.
 */
function inert(text: string): string {
  return text
    .replace(/@(?=[A-Za-z0-9])/g, "@ ")
    .replace(
      /\b(close[sd]?|fix(?:e[sd])?|resolve[sd]?)(:?\s+)(?=\S*(?:#|GH-|\/issues\/|\/pull\/)\d)/gi,
      "$1$2issue ",
    )
    .replace(/[\r\n]+/g, " ");
}
