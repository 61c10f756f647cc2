/**
 * Safe ways to put outside text into GitHub Markdown. Every view writes outside text through one of
 * these; whatever the text says, it stays text: no link, image, HTML, mention, reference or block.
 *
 * @module
 */
import { stripVTControlCharacters } from "node:util";
import { stripInvisible } from "./strip-invisible.ts";

// GitHub looks for mentions and references in the rendered page, where a backslash is gone; an
// invisible character in between is what it stops at, in the page and in the e-mail.
const BREAK = "&#8203;";

/**
 * Outside text as one line of plain words.
 *
 * @example
 * escapeText("thanks @team, fixes #1"); // "thanks @&#8203;team, fixes #&#8203;1"
 */
export function escapeText(text: string): string {
  return escapeLineStart(escapeWords(shownText(text).trim()));
}

/** Like `escapeText`, for words in the middle of a line: blanks at both ends stay. */
export function escapeWords(text: string): string {
  return shownText(text)
    .replace(/\s+/g, " ")
    .replace(SPECIAL, (match) => ESCAPES.get(match) ?? escapeMatch(match));
}

/** Keeps an escaped line from being a list, an underlined heading or a rule. */
export function escapeLineStart(line: string): string {
  return line.replace(/^[-+=]/, "\\$&").replace(/^(\d{1,9})([.)])/, "$1\\$2");
}

const SPECIAL = /[&<>@#$\\`*_[\]{}|~!^]|:\/\/|\bwww\.|\bGH-(?=\d)|\b(?:mailto|xmpp):/gi;

const ESCAPES = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ["@", `@${BREAK}`],
  ["#", `#${BREAK}`],
  // `\$` opens a formula all the same.
  ["$", "&#36;"],
  ["://", `:${BREAK}//`],
]);

function escapeMatch(match: string): string {
  if (match.length === 1) return `\\${match}`;
  // `www.`, `GH-1`, `mailto:`: broken before their last character.
  return match.slice(0, -1) + BREAK + match.slice(-1);
}

/**
 * Outside text as a code span on one line; GitHub links nothing inside one. Cut at `maximum`
 * characters. An empty text gives an empty string.
 */
export function codeSpan(text: string, maximum = 200): string {
  // Cut first: only a little of a megabyte can be in one line.
  const line = shownText(text.slice(0, maximum * 8))
    .replace(/\s+/g, " ")
    .trim();
  const content = line.length > maximum ? `${line.slice(0, maximum - 1).trimEnd()}…` : line;
  if (content === "") return "";
  const fence = "`".repeat(longestRun(content, "`") + 1);
  const pad = /^`|`$/.test(content) ? " " : "";
  return fence + pad + content + pad + fence;
}

/** Outside text as a fenced code block that it cannot leave; `info` is ours, e.g. `diff`. */
export function fencedBlock(text: string, info = ""): string {
  const content = shownText(text).replace(/\n+$/, "");
  const fence = "`".repeat(Math.max(3, longestRun(content, "`") + 1));
  return `${fence}${info}\n${content}\n${fence}`;
}

/**
 * Cuts a text to `maximum` characters from its middle and says how much is gone: the beginning says
 * what it is, the end says how it went.
 */
export function cutMiddle(text: string, maximum: number): string {
  if (text.length <= maximum) return text;
  const notice = (gone: number) => `\n… ${gone.toLocaleString("en")} characters left out …\n`;
  const room = Math.max(0, maximum - notice(text.length).length);
  const head = Math.ceil(room / 2);
  const tail = room - head;
  return text.slice(0, head) + notice(text.length - room) + text.slice(text.length - tail);
}

/** A part of a comment that is closed until a reader opens it. `summary` must be safe already. */
export function details(summary: string, content: string): string {
  return `<details><summary>${summary}</summary>\n\n${content}\n\n</details>`;
}

/** What a terminal would show of it: no colours, no overwritten progress bars, nothing invisible. */
export function shownText(text: string): string {
  const lines = stripVTControlCharacters(text)
    .split("\n")
    .map((line) => {
      const shown = line.endsWith("\r") ? line.slice(0, -1) : line;
      return shown.slice(shown.lastIndexOf("\r") + 1);
    });
  return stripInvisible(lines.join("\n"));
}

function longestRun(text: string, character: string): number {
  let longest = 0;
  let run = 0;
  for (let at = 0; at < text.length; at++) {
    run = text[at] === character ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
}
