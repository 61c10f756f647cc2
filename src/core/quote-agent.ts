import { inlineWords } from "./inline-words.ts";
import { cutMiddle, escapeText, fencedBlock, shownText } from "./markdown.ts";

/** A summary is a few lines; what is longer is a report and belongs into the pull request. */
export const MAXIMUM_QUOTE = 3_000;
/** As much as is shown, escaped, of words that are all that was asked for. */
export const MAXIMUM_ANSWER = 30_000;

/**
 * The agent's words as a block quote. Paragraphs, lists, code and bold text are kept, by writing
 * them anew; all else (links, images, HTML, tables, mentions) becomes plain text. So nothing that
 * the agent writes can look like ours or act on GitHub.
 *
 * @example
 * quoteAgent("Fixed `add()`.\n- see @team"); // "> Fixed `add()`.\n> - see @&#8203;team"
 */
export function quoteAgent(text: string, maximum = MAXIMUM_QUOTE): string {
  return safeMarkdown(text, maximum)
    .split("\n")
    .map((line) => `> ${line}`.trimEnd())
    .join("\n");
}

/** The same without being a quote: where all that stands there is the agent's. */
export function safeMarkdown(text: string, maximum = MAXIMUM_QUOTE): string {
  const lines = cutMiddle(shownText(text).trim(), maximum).split("\n");
  const quoted: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? "";
    const fence = /^\s*(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence === undefined) {
      quoted.push(...quoteLine(line, quoted.at(-1)));
      continue;
    }
    const end = lines.findIndex((next, index) => index > at && next.trim() === fence);
    const last = end < 0 ? lines.length : end;
    quoted.push(...fencedBlock(lines.slice(at + 1, last).join("\n")).split("\n"));
    at = last;
  }
  return quoted.map((line) => line.trimEnd()).join("\n");
}

function quoteLine(line: string, before: string | undefined): string[] {
  const item = /^(\s*)(?:[-*+]|(\d{1,3})[.)])\s+(.*)$/.exec(line);
  // An item without words would underline the line before it: a heading.
  if (item?.[3]?.trim()) {
    const [, indent = "", ordinal, words = ""] = item;
    const marker = ordinal === undefined ? "-" : `${ordinal}.`;
    // One level of nesting says enough, and deeper indentation would be a code block.
    const nested = indent.length >= 2 && /^\s*(?:-|\d+\.) /.test(before ?? "");
    return [`${nested ? "   " : ""}${marker} ${inlineWords(words)}`];
  }
  const heading = /^\s{0,3}#{1,6}\s+(.*?)\s*#*$/.exec(line)?.[1];
  // A heading in the agent's size would look like one of ours.
  if (heading !== undefined) return heading === "" ? [""] : [`**${escapeText(heading)}**`, ""];
  return [inlineWords(line)];
}
