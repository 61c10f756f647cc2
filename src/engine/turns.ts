/** Lets one task after the other have a thing, in the order of asking. */
export class Turns {
  #tail: Promise<unknown> = Promise.resolve();
  #taken = 0;

  /** Nobody has a turn and nobody waits for one. */
  get areFree(): boolean {
    return this.#taken === 0;
  }

  async take<T>(task: () => Promise<T>): Promise<T> {
    this.#taken++;
    const turn = this.#tail.then(task);
    this.#tail = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.#taken--;
    }
  }
}
