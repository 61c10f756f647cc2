import { type BoxService, deleteSnapshots } from "../../core/box-service.ts";
import type { SnapshotPort } from "../../core/snapshot-key.ts";
import type { Store } from "../store/store.ts";

/** Snapshots of repositories that are set up, each known to all processes on the store. */
export function snapshotMemory(store: Store, service: BoxService): SnapshotPort {
  const deleteAll = (rows: ReadonlyArray<{ snapshot: string }>) =>
    deleteSnapshots(
      service,
      rows.map(({ snapshot }) => snapshot),
    );
  return {
    async find({ repository, hash }) {
      const [found] = await store.query<{ snapshot: string }>(
        `update snapshots set used_at = now() where repository = $1 and hash = $2
         returning snapshot`,
        [repository, hash],
      );
      return found?.snapshot ?? null;
    },

    async keep({ repository, hash }, box) {
      const { id } = await box.snapshot({ name: `box-action ${repository} ${hash}`.slice(0, 100) });
      const inserted = await store.query(
        `insert into snapshots (repository, hash, snapshot) values ($1, $2, $3)
         on conflict do nothing returning hash`,
        [repository, hash, id],
      );
      // Another job was faster, and one is enough.
      if (inserted.length === 0) return deleteAll([{ snapshot: id }]);
      await deleteAll(
        await store.query<{ snapshot: string }>(
          "delete from snapshots where repository = $1 and hash <> $2 returning snapshot",
          [repository, hash],
        ),
      );
    },

    async forget(snapshot) {
      await store.query("delete from snapshots where snapshot = $1", [snapshot]);
    },
  };
}
