import { z } from "zod";

/** A box's whole disk, its agent's configuration and its environment at one moment. */
export const Snapshot = z.object({
  id: z.string().describe("snap_…"),
  name: z.string(),
  box_id: z.string(),
  size_bytes: z.number(),
  status: z.enum(["creating", "ready", "error", "deleted"]),
  created_at: z.number(),
});
export type Snapshot = z.infer<typeof Snapshot>;

/** `POST /{id}/snapshots` */
export const CreateSnapshotRequest = z.object({ name: z.string().min(1).max(128) });
export type CreateSnapshotRequest = z.infer<typeof CreateSnapshotRequest>;

/** `GET /{id}/snapshots` */
export const ListSnapshotsResponse = z.object({ snapshots: z.array(Snapshot) });

/** `DELETE /snapshots` */
export const DeleteSnapshotsRequest = z.object({
  ids: z.array(z.string().min(1)).optional().describe("Without them: all."),
});
export type DeleteSnapshotsRequest = z.infer<typeof DeleteSnapshotsRequest>;

/** What deleting several things answers. */
export const DeletedResponse = z.object({ deleted: z.number() });
