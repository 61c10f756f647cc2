import { stripInvisible } from "../strip-invisible.ts";

/**
 * Replaces numeric HTML entities by the character they stand for, and those of invisible characters
 * by nothing. `<`, `>` and `&` become named entities: to a reader they were text, not markup.
 *
 * @example
 * decodeEntities("&#105;gnore&#8203;"); // "ignore"
 */
export function decodeEntities(text: string): string {
  if (!text.includes("&#")) return text;
  const done: string[] = [];
  let tail = "";
  let from = 0;
  for (;;) {
    const end = text.indexOf(";", from);
    if (end < 0) return done.join("") + tail + text.slice(from);
    tail += text.slice(from, end + 1);
    from = end + 1;
    // A decoded `;` can end an entity around it: look until the tail is none.
    for (let next = decodeTail(tail); next !== tail; next = decodeTail(tail)) tail = next;
    // Only a short tail is looked at again, which keeps a megabyte of entities linear.
    if (tail.length > TAIL_KEPT) {
      done.push(tail.slice(0, -LONGEST_ENTITY));
      tail = tail.slice(-LONGEST_ENTITY);
    }
  }
}

/** As CommonMark 0.31 §2.5 has them: seven decimal digits or six hexadecimal ones. */
const ENTITY_AT_END = /&#(?:x([0-9a-f]{1,6})|([0-9]{1,7}));$/i;
const LONGEST_ENTITY = 11;
const TAIL_KEPT = 1_024;

function decodeTail(text: string): string {
  if (!text.endsWith(";")) return text;
  const match = ENTITY_AT_END.exec(text.slice(-LONGEST_ENTITY));
  if (match === null) return text;
  const [entity, hexadecimal, decimal] = match;
  const code = hexadecimal ? Number.parseInt(hexadecimal, 16) : Number(decimal);
  return text.slice(0, text.length - entity.length) + character(code);
}

function character(code: number): string {
  if (code > 0x10ffff) return "";
  const named = NAMED.get(code);
  if (named !== undefined) return named;
  // A line made of entities is no line of Markdown, so it must not become one.
  if (code === 0x0a || code === 0x0d || code === 0x09) return " ";
  return stripInvisible(String.fromCodePoint(code)).replace("\n", " ");
}

const NAMED = new Map([
  [0x26, "&amp;"],
  [0x3c, "&lt;"],
  [0x3e, "&gt;"],
]);
