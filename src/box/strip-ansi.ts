/**
 * Terminal control sequences: `ESC [ … letter`, `ESC ] … BEL` (or `ESC \`), `ESC ( B` and their two
 * character relatives. Lengths are bounded so that a text full of ESC costs no more than its length.
 */
const SEQUENCE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  /\u001b(?:\[[0-?]{0,64}[ -/]{0,8}[@-~]|\][^\u0007\u001b]{0,1024}(?:\u0007|\u001b\\)|[ -/]{1,2}[0-~]|[0-Z\\^-~])/g;

/** A sequence that the text stops within. */
const UNFINISHED =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  /\u001b(?:\[[0-?]{0,64}[ -/]{0,8}|\][^\u0007\u001b]{0,1024}\u001b?|[ -/]{0,2})$/;

/** Removes terminal control sequences from a whole text. */
export function stripAnsi(text: string): string {
  return text.includes("\u001b") ? text.replace(SEQUENCE, "") : text;
}

/** Removes them from a text that comes in pieces, wherever they are cut. */
export class AnsiStripper {
  #kept = "";

  push(piece: string): string {
    const text = this.#kept + piece;
    this.#kept = "";
    if (!text.includes("\u001b")) return text;
    const clean = stripAnsi(text);
    const unfinished = UNFINISHED.exec(clean);
    if (!unfinished) return clean;
    this.#kept = unfinished[0];
    return clean.slice(0, unfinished.index);
  }
}
