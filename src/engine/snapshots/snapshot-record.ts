import { z } from "zod";
import { Snapshot } from "../../box/wire.ts";
import { BoxOrigin } from "../box-record.ts";

/** What the engine keeps of a snapshot: its public data, and what boxes that are made from it begin with. */
export const SnapshotRecord = Snapshot.extend({
  origin: BoxOrigin,
  /** `size_bytes` is all that its layers take, not only what could be counted at once. */
  is_counted: z.boolean(),
});
export type SnapshotRecord = z.infer<typeof SnapshotRecord>;

/** The record as clients see it: the schema drops what is the engine's alone. */
export function publicSnapshot(record: SnapshotRecord): Snapshot {
  return Snapshot.parse(record);
}
