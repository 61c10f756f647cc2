import { Batcher } from "../store/batcher.ts";
import type { Store } from "../store/store.ts";
import type { Delivery, DeliveryEvent } from "./delivery.ts";
import { LEASE_SECONDS } from "./delivery-worker.ts";

export interface DeliveryInboxOptions {
  store: Store;
  /** Why nothing will come of a delivery; null when it has to be worked on. Pure and quick. */
  triage(delivery: Delivery): string | null;
  /** Works on a delivery that has just been stored, and is this process's for the time of a lease. */
  work(delivery: Delivery): void;
  onEvent?: ((event: DeliveryEvent) => void) | undefined;
}

/** One statement takes so many at once; a burst of GitHub's is smaller. */
const MOST_IN_A_BATCH = 200;
const LARGEST_BATCH_BYTES = 8 * 1024 * 1024;

interface Received extends Delivery {
  /** As it came. */
  body: string;
  ignored: string | null;
}

/** Where deliveries are put before they are answered: nothing that was acknowledged is lost. */
export class DeliveryInbox {
  readonly #options: DeliveryInboxOptions;
  readonly #batcher: Batcher<Received, boolean>;

  constructor(options: DeliveryInboxOptions) {
    this.#options = options;
    this.#batcher = new Batcher((batch) => this.#store(batch), {
      items: MOST_IN_A_BATCH,
      size: LARGEST_BATCH_BYTES,
      sizeOf: ({ body }) => body.length,
    });
  }

  /**
   * Stores a delivery. One that came before is not stored again, however late it comes; one that was put
   * aside after its tries is tried once more.
   * @param body the payload as it came
   */
  async accept(delivery: Delivery, body: string): Promise<"accepted" | "known"> {
    const { triage, work, onEvent } = this.#options;
    const ignored = triage(delivery);
    const isNew = await this.#batcher.add({ ...delivery, body, ignored });
    if (!isNew) {
      onEvent?.({ type: "known" });
      return "known";
    }
    onEvent?.({ type: ignored === null ? "accepted" : "ignored" });
    if (ignored === null) work(delivery);
    return "accepted";
  }

  async #store(batch: readonly Received[]): Promise<boolean[]> {
    // Twice in one statement would be an error of Postgres'.
    const unique = [...new Map(batch.map((delivery) => [delivery.id, delivery])).values()];
    const rows = await this.#options.store.queryNamed<{ id: string }>({
      name: "store-deliveries",
      text: STORE,
      values: [
        unique.map(({ id }) => id),
        unique.map(({ name }) => name),
        unique.map(({ body, ignored }) => (ignored === null ? body : "")),
        unique.map(({ ignored }) => ignored),
        LEASE_SECONDS,
      ],
    });
    const stored = new Set(rows.map(({ id }) => id));
    // Of the same one twice, the first was the new one.
    return batch.map(({ id }) => stored.delete(id));
  }
}

/** What is ignored is done with; what is not is leased to this process. */
const STORE = `
  insert into deliveries as kept (id, name, payload, state, tries, due_at, outcome, done_at)
  select id, name, payload,
    case when ignored is null then 'waiting' else 'done' end,
    1,
    now() + $5 * interval '1 second',
    'ignored: ' || ignored,
    case when ignored is null then null else now() end
  from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as given (id, name, payload, ignored)
  on conflict (id) do update set state = 'waiting', tries = 1, payload = excluded.payload,
    due_at = excluded.due_at
  where kept.state = 'poisoned'
  returning id
`;
