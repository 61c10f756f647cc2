import { type BoxService, deleteSnapshots } from "../../core/box-service.ts";
import type { Store } from "../store/store.ts";

/**
 * Deletes the snapshots of repositories that nobody has worked on for a time.
 * @returns how many were deleted
 */
export async function sweepSnapshots(
  store: Store,
  service: BoxService,
  days: number,
): Promise<number> {
  const rows = await store.query<{ snapshot: string }>(
    "delete from snapshots where used_at < now() - $1 * interval '1 day' returning snapshot",
    [days],
  );
  await deleteSnapshots(
    service,
    rows.map(({ snapshot }) => snapshot),
  );
  return rows.length;
}
