import { type BoxService, deleteBoxes, listJobBoxes } from "../../core/box-service.ts";
import type { Store } from "../store/store.ts";

/**
 * Deletes boxes whose job has ended: one that was killed in the wrong moment leaves its box behind.
 * @param isOwn whether nobody else has boxes there; boxes of jobs that the store does not know are
 *   somebody else's otherwise, and are left
 * @returns how many were deleted
 */
export async function sweepBoxes(
  store: Store,
  service: BoxService,
  isOwn: boolean,
): Promise<number> {
  const boxes = await listJobBoxes(service);
  if (boxes.length === 0) return 0;
  const jobs = await store.query<{ id: string; state: string }>(
    "select id, state from jobs where id = any($1)",
    [boxes.map(({ jobId }) => jobId)],
  );
  const states = new Map(jobs.map(({ id, state }) => [id, state]));
  const isLeft = ({ jobId }: { jobId: string }) => {
    const state = states.get(jobId);
    return state === undefined ? isOwn : state === "ended";
  };
  const left = boxes.filter(isLeft).map(({ id }) => id);
  await deleteBoxes(service, left);
  return left.length;
}
