/** Pieces are put together up to this length: a string for each byte would cost thirty times as much. */
const PIECE_CHARACTERS = 8 * 1024;
const MAX_RECENT_PIECES = 256;

/** Dropped pieces that may lie at the front of the list before it is copied. */
const MAX_DEAD_PIECES = 1024;

/**
 * Text that grows, of which the end is kept: what a program prints last says how it went, and a
 * program that prints for ever must not fill the memory.
 */
export class OutputTail {
  readonly #limit: number;
  #pieces: string[] = [];
  /** Where the living pieces begin. */
  #first = 0;
  #recent: string[] = [];
  #recentLength = 0;
  #length = 0;
  #truncated = false;

  /** @param limit Characters to keep. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether the beginning is lost. */
  get truncated(): boolean {
    return this.#truncated;
  }

  append(text: string): void {
    if (text === "") return;
    this.#recent.push(text);
    this.#recentLength += text.length;
    this.#length += text.length;
    if (this.#length > this.#limit) this.#truncated = true;
    if (this.#recentLength >= PIECE_CHARACTERS || this.#recent.length >= MAX_RECENT_PIECES) {
      this.#settleRecent();
    }
  }

  toString(): string {
    this.#settleRecent();
    const text = this.#pieces.slice(this.#first).join("");
    const kept = text.length > this.#limit ? text.slice(text.length - this.#limit) : text;
    this.#pieces = [kept];
    this.#first = 0;
    this.#length = kept.length;
    return kept;
  }

  #settleRecent(): void {
    if (this.#recent.length === 0) return;
    this.#pieces.push(this.#recent.join(""));
    this.#recent = [];
    this.#recentLength = 0;
    this.#dropPieces();
  }

  /** Drops the oldest pieces whole, as long as the limit is met without them. */
  #dropPieces(): void {
    for (;;) {
      const oldest = this.#pieces[this.#first]?.length ?? 0;
      if (this.#length - oldest < this.#limit) break;
      this.#pieces[this.#first] = "";
      this.#first += 1;
      this.#length -= oldest;
    }
    if (this.#first > MAX_DEAD_PIECES) {
      this.#pieces = this.#pieces.slice(this.#first);
      this.#first = 0;
    }
  }
}
