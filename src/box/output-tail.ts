/**
 * Text that grows, of which the end is kept: what a program prints last says how it went, and a
 * program that prints for ever must not fill the memory.
 */
export class OutputTail {
  readonly #limit: number;
  #pieces: string[] = [];
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
    this.#pieces.push(text);
    this.#length += text.length;
    // At twice the limit, so that the cutting costs little for each piece.
    if (this.#length > 2 * this.#limit) this.#cut();
  }

  toString(): string {
    if (this.#length > this.#limit) this.#cut();
    if (this.#pieces.length > 1) this.#pieces = [this.#pieces.join("")];
    return this.#pieces[0] ?? "";
  }

  #cut(): void {
    const kept = this.#pieces.join("").slice(-this.#limit || Number.MAX_SAFE_INTEGER);
    this.#truncated = true;
    this.#pieces = [kept];
    this.#length = kept.length;
  }
}
