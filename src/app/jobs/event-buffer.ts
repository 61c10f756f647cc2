import type { JobEvent } from "../../core/events.ts";
import type { Store } from "../store/store.ts";
import { requireClaim } from "./job-lost.ts";
import type { Claim } from "./job-row.ts";

/** An agent writes many small pieces; one statement for each would be all that the database does. */
const FLUSH_AFTER_MS = 250;
const FLUSH_AT_EVENTS = 200;
/** What is kept of a job's output; a build that prints more is not read from the store. */
const KEPT_TEXT_CHARACTERS = 4 * 1024 * 1024;

type TextEvent = Extract<JobEvent, { text: string }>;

/** Appends a job's events to its log in the store, in order, many at a time. */
export class EventBuffer {
  readonly #store: Store;
  readonly #claim: Claim;
  readonly #onError: (error: unknown) => void;
  #next: number;
  #waiting: JobEvent[] = [];
  #text = 0;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  /**
   * @param next the number of the first event
   * @param onError told when events could not be written; they are lost then
   */
  constructor(
    store: Store,
    claim: Claim,
    { next, onError }: { next: number; onError: (error: unknown) => void },
  ) {
    this.#store = store;
    this.#claim = claim;
    this.#next = next;
    this.#onError = onError;
  }

  add(event: JobEvent): void {
    if ("text" in event) this.#addText(event);
    else this.#waiting.push(event);
    if (this.#waiting.length >= FLUSH_AT_EVENTS) void this.flush();
    else this.#timer ??= setTimeout(() => void this.flush(), FLUSH_AFTER_MS);
  }

  /** Resolves when all events so far are in the store, or were told to `onError`. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const events = this.#waiting;
    this.#waiting = [];
    if (events.length > 0) {
      const first = this.#next;
      this.#next += events.length;
      this.#writing = this.#writing.then(() => this.#write(first, events)).catch(this.#onError);
    }
    return this.#writing;
  }

  #addText(event: TextEvent): void {
    this.#text += event.text.length;
    if (this.#text > KEPT_TEXT_CHARACTERS) return;
    const last = this.#waiting.at(-1);
    if (last !== undefined && "text" in last && isSameStream(last, event)) {
      this.#waiting[this.#waiting.length - 1] = { ...last, text: last.text + event.text };
    } else {
      this.#waiting.push(event);
    }
  }

  async #write(first: number, events: readonly JobEvent[]): Promise<void> {
    await this.#store.transaction(async (transaction) => {
      await requireClaim(transaction, this.#claim);
      await transaction.query(
        `insert into job_events (job, sequence, event)
         select $1, $2::integer + ordinality - 1, event
         from unnest($3::json[]) with ordinality as given (event, ordinality)
         on conflict do nothing`,
        [this.#claim.job.id, first, events.map((event) => JSON.stringify(event))],
      );
    });
  }
}

function isSameStream(one: TextEvent, other: TextEvent): boolean {
  const stream = (event: TextEvent) => ("stream" in event ? event.stream : "");
  return one.type === other.type && stream(one) === stream(other);
}
