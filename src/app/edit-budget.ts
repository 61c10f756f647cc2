import type { Pace } from "../core/progress.ts";

/**
 * What edits of comments and check runs may use of the 500 content-creating requests that GitHub allows an
 * installation in an hour; the rest is for first and last words, reviews and pull requests.
 */
const EDITS_AN_HOUR = 360;
/** Jobs that begin after a quiet time need not wait. */
const SAVED_UP = 60;
const MS_AN_EDIT = 3_600_000 / EDITS_AN_HOUR;

/**
 * How often the jobs of one installation may edit, all together: each edit takes one from a bucket that
 * fills at a steady rate.
 */
export class EditBudget {
  readonly #now: () => number;
  readonly #buckets = new Map<number, { edits: number; at: number }>();

  /** @param now milliseconds of a clock that never goes back */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** For one job's progress. */
  of(installation: number): Pace {
    return () => {
      const now = this.#now();
      const { edits, at } = this.#buckets.get(installation) ?? { edits: SAVED_UP, at: now };
      const filled = Math.min(SAVED_UP, edits + (now - at) / MS_AN_EDIT);
      const isFree = filled >= 1;
      this.#buckets.set(installation, { edits: isFree ? filled - 1 : filled, at: now });
      return isFree ? 0 : Math.ceil((1 - filled) * MS_AN_EDIT);
    };
  }
}
