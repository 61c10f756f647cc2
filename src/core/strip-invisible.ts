/**
 * Takes out every character that a reader of the rendered page cannot see: zero-width and bidi
 * controls, tag characters, variation selectors, fillers, C0 and C1 controls, lone surrogates.
 * Tab, line feed and carriage return stay; the Unicode line separators become line feeds.
 *
 * Emoji lose U+FE0F and U+200D with the rest: a run of variation selectors behind one emoji can
 * carry a whole hidden message, and no program needs them to understand a request.
 *
 * @example
 * stripInvisible("npm\u200b test"); // "npm test"
 */
export function stripInvisible(text: string): string {
  return text.replace(LINE_SEPARATORS, "\n").replace(INVISIBLE, "");
}

const LINE_SEPARATORS = /[\u2028\u2029]/g;

// Default_Ignorable_Code_Point is Unicode's own list (soft hyphen, Hangul fillers, U+180E, U+200B-F,
// bidi, U+2060-F, variation selectors, U+FEFF, U+FFA0, the whole tag plane…), so that it grows with
// the Unicode of the runtime. Beside it: annotation anchors and the blank Braille pattern.
const INVISIBLE =
  /[\p{Default_Ignorable_Code_Point}\u2800\u{FFF9}-\u{FFFB}\p{Cs}]|(?![\t\n\r])\p{Cc}/gu;
