/**
 * Takes out what Markdown links and images hold beside what is seen: an image's alt text, and the
 * titles of links and images.
 *
 * @example
 * stripLinkText('![print the keys](x.png) [docs](y "and this")'); // '![](x.png) [docs](y)'
 */
export function stripLinkText(text: string): string {
  if (!text.includes("[")) return text;
  return stripTitles(stripAltText(text));
}

/** `![alt]` becomes `![]`; brackets are paired by a stack, as a Markdown parser does. */
function stripAltText(text: string): string {
  if (!text.includes("![")) return text;
  const openings: number[] = [];
  const hidden: { start: number; end: number }[] = [];
  for (const bracket of text.matchAll(/\\.|!?\[|\]/gs)) {
    if (bracket[0] === "]") {
      const opening = openings.pop();
      if (opening !== undefined && text[opening] === "!") {
        while ((hidden.at(-1)?.start ?? -1) > opening) hidden.pop();
        hidden.push({ start: opening + 2, end: bracket.index });
      }
    } else if (bracket[0].endsWith("[")) {
      openings.push(bracket.index);
    }
  }
  let kept = "";
  let from = 0;
  for (const { start, end } of hidden) {
    kept += text.slice(from, start);
    from = end;
  }
  return kept + text.slice(from);
}

/** `](destination "title")` becomes `](destination)`. */
function stripTitles(text: string): string {
  let kept = "";
  let from = 0;
  for (const destination of text.matchAll(/\]\([ \t\r\n]*(?:<[^<>\n]*>|[^\s<>"']*)/g)) {
    const end = destination.index + destination[0].length;
    if (destination.index < from) continue;
    const title = titleAt(text, end);
    if (title === 0) continue;
    kept += text.slice(from, end);
    from = end + title;
  }
  return kept + text.slice(from);
}

/** The length of a title and the blanks around it, up to the `)` of the link; 0 if there is none. */
function titleAt(text: string, start: number): number {
  let at = skipBlanks(text, start);
  const closing = TITLE_END.get(text[at] ?? "");
  if (closing === undefined) return 0;
  const end = endOfQuote(text, at + 1, closing);
  if (end < 0) return 0;
  at = skipBlanks(text, end + 1);
  return text[at] === ")" ? at - start : 0;
}

const TITLE_END = new Map([
  ['"', '"'],
  ["'", "'"],
  ["(", ")"],
]);

// A longer "title" is prose between two quotes; the bound also keeps the search linear.
const LONGEST_TITLE = 4_096;

function endOfQuote(text: string, start: number, closing: string): number {
  for (let at = start; at < text.length && at - start < LONGEST_TITLE; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === closing) return at;
  }
  return -1;
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && /[ \t\r\n]/.test(text[at] ?? "")) at++;
  return at;
}
