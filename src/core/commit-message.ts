import type { Job } from "./job.ts";
import { stripInvisible } from "./strip-invisible.ts";

/** What GitHub and git log show of a subject without cutting it. */
const SUBJECT_CHARACTERS = 72;

/** conventionalcommits.org 1.0.0: a type, perhaps a scope, perhaps a sign for what it breaks. */
const CONVENTIONAL = /^[a-z]+(\([^()\s]+\))?!?: \S/;

/** One line that says what was done: the agent's first sentence, else what was asked. */
export function commitSubject(
  { request, settings }: Pick<Job, "request" | "settings">,
  summary: string,
): string {
  const { command } = request;
  const isRun = command.verb === "run";
  const said = isRun ? `Run ${command.command}` : firstLine(summary);
  const plain = said === "" ? request.commandLine.replace(/^\s*\/box\s+/i, "") : said;
  const isKept = settings.commit.style === "plain" || CONVENTIONAL.test(plain);
  const text = isKept ? plain : `${command.verb === "fix" ? "fix" : "chore"}: ${plain}`;
  // By characters: half of an emoji is none.
  const characters = [...inert(stripInvisible(text))];
  if (characters.length <= SUBJECT_CHARACTERS) return characters.join("");
  return `${characters.slice(0, SUBJECT_CHARACTERS - 1).join("")}…`;
}

/**
 * The message of a job's one commit. The requester is its co-author by their account's own address,
 * which nobody else can claim.
 */
export function commitMessage(job: Pick<Job, "request" | "settings">, summary: string): string {
  const { request, settings } = job;
  const { requester, thread, repository } = request;
  const host = new URL(repository.htmlUrl).hostname;
  const address = `${requester.id}+${requester.login}@users.noreply.${host}`;
  return [
    commitSubject(job, summary),
    "",
    `Asked for in #${thread.number}: ${inert(stripInvisible(request.commandLine))}`,
    "",
    ...(settings.commit.coAuthor ? [`Co-authored-by: ${requester.login} <${address}>`, ""] : []),
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
