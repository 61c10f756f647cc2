import { type BoxService, deleteBoxes } from "../../core/box-service.ts";
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
  const ended =
    change.kind === "installation-gone"
      ? await cancelJobs(store, { installation: change.installation }, cancellation)
      : (
          await Promise.all(
            change.repositories.map((name) =>
              cancelJobs(store, { repository: name.toLowerCase() }, cancellation),
            ),
          )
        ).flat();
  return `gone: ${ended.length} jobs ended`;
}
