import { type BoxService, deleteBoxes, deleteSnapshots } from "../../core/box-service.ts";
import type { Change } from "../../core/trigger/change.ts";
import type { Store } from "../store/store.ts";
import { cancelJobs } from "./cancel-jobs.ts";
import { forgetBoxes } from "./forget-boxes.ts";

/** Ends the jobs that something has happened to, and gives up what was kept for them. */
export async function actOnChange(
  store: Store,
  change: Change,
  boxService: BoxService,
): Promise<string> {
  if (change.kind === "thread-closed") {
    const repository = change.repository.toLowerCase();
    const thread = `${repository}#${change.number}`;
    const jobs = await cancelJobs(store, { thread }, { by: change.by });
    await store.query("delete from held_requests where thread_key = $1", [thread]);
    const boxes = await forgetBoxes(store, { repository, number: change.number });
    await deleteBoxes(boxService, boxes);
    return `closed: ${jobs.length} jobs and ${boxes.length} boxes ended`;
  }
  const cancellation = { by: "GitHub", gone: change.because };
  const repositories =
    change.kind === "installation-gone"
      ? await repositoriesOf(store, change.installation)
      : change.repositories.map((name) => name.toLowerCase());
  let ended = 0;
  for (const repository of repositories) {
    ended += (await cancelJobs(store, { repository }, cancellation)).length;
    await forgetRepository(store, repository, boxService);
  }
  return `gone: ${ended} jobs ended`;
}

async function repositoriesOf(store: Store, installation: number): Promise<string[]> {
  const rows = await store.query<{ repository: string }>(
    "select distinct repository from jobs where installation = $1",
    [installation],
  );
  return rows.map(({ repository }) => repository);
}

/** Whoever takes their code away from us does not leave it in boxes and snapshots. */
async function forgetRepository(
  store: Store,
  repository: string,
  boxService: BoxService,
): Promise<void> {
  const boxes = await forgetBoxes(store, { repository });
  await deleteBoxes(boxService, boxes);
  const snapshots = await store.query<{ snapshot: string }>(
    "delete from snapshots where repository = $1 returning snapshot",
    [repository],
  );
  await deleteSnapshots(
    boxService,
    snapshots.map(({ snapshot }) => snapshot),
  );
}
