/** A delivery whose signature was right. */
export interface Delivery {
  /** The GUID that GitHub gave it, the same when it is delivered again. */
  id: string;
  /** The event: `issue_comment`, … */
  name: string;
  payload: unknown;
}

/** Told of what happens to deliveries; for counting. */
export type DeliveryEvent =
  | { type: "accepted" | "known" | "ignored" }
  | { type: "done" | "failed" | "poisoned"; name: string; seconds: number };
