import type { Store } from "../store/store.ts";

/** A delivery as operators see it; its payload is not among it. */
export interface DeliverySummary {
  id: string;
  name: string;
  state: "waiting" | "done" | "poisoned";
  tries: number;
  receivedAt: Date;
  /** What came of it; of one that fails, its last error. */
  outcome: string | null;
}

/** The newest deliveries first. */
export function listDeliveries(
  store: Store,
  { state, limit }: { state?: DeliverySummary["state"]; limit: number },
): Promise<DeliverySummary[]> {
  return store.query<DeliverySummary>(
    `select id, name, state, tries, received_at as "receivedAt", outcome from deliveries
     where $1::text is null or state = $1 order by received_at desc limit $2`,
    [state ?? null, limit],
  );
}

/**
 * Has a delivery that was put aside tried again, from its first try on.
 * @returns false when there is none of this id that was put aside
 */
export async function retryDelivery(store: Store, id: string): Promise<boolean> {
  const rows = await store.query(
    `update deliveries set state = 'waiting', tries = 0, due_at = now()
     where id = $1 and state = 'poisoned' returning id`,
    [id],
  );
  return rows.length > 0;
}
