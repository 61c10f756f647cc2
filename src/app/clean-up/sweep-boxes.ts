import { type BoxService, deleteBoxes, listJobBoxes } from "../../core/box-service.ts";
import type { Store } from "../store/store.ts";

/**
 * Deletes boxes whose job has ended and that nobody goes on with any more: one that was killed in the
 * wrong moment leaves its box behind, and those that were kept are kept for a time.
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
  // A box has the label of the job that made it, and may be another's by now.
  const jobs = await store.query<{ id: string; box: string | null; is_needed: boolean }>(
    `select id, box, state <> 'ended' or coalesce(kept_until > now(), false) as is_needed
     from jobs where id = any($1) or box = any($2)`,
    [boxes.map(({ jobId }) => jobId), boxes.map(({ id }) => id)],
  );
  const isLeft = ({ id, jobId }: { id: string; jobId: string }) => {
    const known = jobs.filter((job) => job.id === jobId || job.box === id);
    return known.length === 0 ? isOwn : !known.some(({ is_needed }) => is_needed);
  };
  const left = boxes.filter(isLeft).map(({ id }) => id);
  await deleteBoxes(service, left);
  return left.length;
}
