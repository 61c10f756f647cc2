import type { BoxContext } from "./box-context.ts";
import { BoxError } from "./box-error.ts";
import { Client } from "./client.ts";
import { Deadline } from "./deadline.ts";
import type { AccountCallOptions, CallOptions } from "./options.ts";
import { pathSegment } from "./path-segment.ts";
import { readList } from "./read-list.ts";
import { readRecord } from "./read-record.ts";
import { wait } from "./wait.ts";
import type { Snapshot } from "./wire.ts";

/** As in the original SDK; an engine answers with a snapshot that is ready, and is not asked again. */
const POLL_INTERVAL_MS = 2000;
const SNAPSHOT_TIMEOUT_MS = 300_000;

/** What `box.snapshot` takes. */
export interface SnapshotOptions extends CallOptions {
  /** What it is called; several may have one name. */
  name: string;
}

/** What `Box.deleteSnapshots` takes. */
export interface DeleteSnapshotsOptions extends AccountCallOptions {
  /** An id, or several. Left out: all snapshots of the account. */
  snapshotIds?: string | readonly string[] | undefined;
}

/** Takes a snapshot and waits until it can be used. One that was given up on stays in the list. */
export async function takeSnapshot(box: BoxContext, options: SnapshotOptions): Promise<Snapshot> {
  const { name, signal, requestTimeout } = options;
  const path = `${box.path}/snapshots`;
  const request = { body: { name }, signal, requestTimeout };
  let snapshot = readRecord<Snapshot>((await box.client.json("POST", path, request)).value, "id");
  const deadline = new Deadline(SNAPSHOT_TIMEOUT_MS, signal);
  try {
    while (snapshot.status === "creating") {
      await wait(POLL_INTERVAL_MS, deadline.signal);
      const { id } = snapshot;
      const all = await listSnapshots(box, { signal: deadline.signal });
      snapshot = all.find((other) => other.id === id) ?? { ...snapshot, status: "deleted" };
    }
  } catch (error) {
    const cause = BoxError.isInstance(error) && deadline.fired ? error.cause : error;
    throw deadline.toError(cause, `Snapshot ${snapshot.id} of box ${box.id}`);
  } finally {
    deadline.clear();
  }
  if (snapshot.status === "ready") return snapshot;
  throw new BoxError(
    "snapshot_failed",
    `Snapshot ${name} of box ${box.id} could not be taken (status ${snapshot.status}). Look at the box's log for the reason.`,
  );
}

/** The snapshots that were taken of a box. */
export async function listSnapshots(box: BoxContext, options: CallOptions): Promise<Snapshot[]> {
  const { value } = await box.client.json("GET", `${box.path}/snapshots`, options);
  return readList(value, "snapshots");
}

/** Deletes one of them. */
export async function deleteSnapshot(
  box: BoxContext,
  id: string,
  options: CallOptions,
): Promise<void> {
  const path = `${box.path}/snapshots/${pathSegment(id, "a snapshot")}`;
  await box.client.json("DELETE", path, options);
}

/**
 * Deletes snapshots for good, also of boxes that are gone. Boxes made from them stay.
 *
 * @returns How many there were.
 * @example
 * await Box.deleteSnapshots({ snapshotIds: [snapshot.id] });
 * await Box.deleteSnapshots(); // all of the account
 */
export async function deleteSnapshots(
  options: DeleteSnapshotsOptions = {},
): Promise<{ deleted: number }> {
  const { snapshotIds, ...connection } = options;
  const ids = typeof snapshotIds === "string" ? [snapshotIds] : snapshotIds;
  // To a service no ids mean all; an empty list of a program's means none.
  if (ids?.length === 0) return { deleted: 0 };
  const client = new Client(connection);
  const { value } = await client.json("DELETE", "/snapshots", { ...connection, body: { ids } });
  const { deleted } = { ...(value as { deleted?: number }) };
  return { deleted: deleted ?? 0 };
}
