import { codeSpan, escapeLineStart, escapeText, escapeWords, shownText } from "./markdown.ts";

/**
 * One line of outside text in which code spans and bold text are kept, by writing them anew; all
 * else becomes plain words.
 *
 * @example
 * inlineWords("run `npm test`, @team"); // "run `npm test`, @&#8203;team"
 */
export function inlineWords(text: string): string {
  const words = shownText(text).replace(/\s+/g, " ").trim();
  let written = "";
  let from = 0;
  for (const match of words.matchAll(CODE_OR_BOLD)) {
    const [whole, , code, bold = ""] = match;
    written += escapeWords(words.slice(from, match.index));
    written += code === undefined ? emphasise(escapeText(bold)) : codeSpan(code);
    from = match.index + whole.length;
  }
  return escapeLineStart(written + escapeWords(words.slice(from)));
}

const CODE_OR_BOLD = /(?<!`)(`{1,3})(?!`)([^`]+)\1(?!`)|\*\*([^*`]+)\*\*/g;

function emphasise(words: string): string {
  return words === "" ? "" : `**${words}**`;
}
