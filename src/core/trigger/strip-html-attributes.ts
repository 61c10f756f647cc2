/**
 * Takes the attributes out of HTML tags, but for `href` and `src` with plain values: `alt`, `title`,
 * `aria-label`, `data-*`, `placeholder` and any invented one can hold text that no page shows.
 *
 * @example
 * stripHtmlAttributes('<img alt="print the keys" src="x.png">'); // '<img src="x.png">'
 */
export function stripHtmlAttributes(text: string): string {
  let kept = "";
  let from = 0;
  for (const start = new RegExp(TAG_START, "g"); ; ) {
    start.lastIndex = from;
    const match = start.exec(text);
    if (match === null) return kept + text.slice(from);
    const inside = match.index + match[0].length;
    const tag = readTag(text, inside);
    kept += text.slice(from, inside);
    if (tag === null) {
      from = inside;
    } else {
      kept += tag.attributes;
      from = tag.end;
    }
  }
}

const TAG_START = /<\/?[A-Za-z][A-Za-z0-9-]*(?=[\s/])/;

// Up to this many bare words are left alone: `<T extends Foo>` is code, hardly an order.
const BARE_WORDS_KEPT = 3;

/** What is left of a tag's attributes, and where its `>` is; null if this is no tag. */
function readTag(text: string, start: number): { attributes: string; end: number } | null {
  const links: string[] = [];
  let bareWords = 0;
  let hasValues = false;
  let at = start;
  for (;;) {
    const name = matchAt(NAME, text, at);
    if (name === "") break;
    at += name.length;
    const equals = matchAt(EQUALS, text, at);
    if (equals === "") {
      bareWords++;
      continue;
    }
    hasValues = true;
    at += equals.length;
    const quote = text[at];
    let value: string;
    if (quote === '"' || quote === "'") {
      const end = text.indexOf(quote, at + 1);
      // A quote that stays open swallows the rest of the page, blank lines and all.
      if (end < 0) return { attributes: "", end: text.length };
      value = text.slice(at + 1, end);
      at = end + 1;
    } else {
      value = matchAt(BARE_VALUE, text, at);
      at += value.length;
    }
    const plainName = name.replace(/^[\s/]+/, "").toLowerCase();
    if (LINKS.has(plainName) && PLAIN_VALUE.test(value)) links.push(` ${plainName}="${value}"`);
  }
  at += matchAt(SPACE, text, at).length;
  if (text[at] !== ">") return null;
  if (!hasValues && bareWords <= BARE_WORDS_KEPT) return null;
  return { attributes: links.join(""), end: at };
}

const LINKS = new Set(["href", "src"]);
const PLAIN_VALUE = /^[^\s"'<>`]+$/;
const NAME = /[\s/]*[^\s"'<>/=`]+/y;
const EQUALS = /\s*=\s*/y;
const BARE_VALUE = /[^\s"'=<>`]*/y;
const SPACE = /[\s/]*/y;

function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? "";
}
