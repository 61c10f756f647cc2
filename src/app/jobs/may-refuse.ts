import type { Request } from "../../core/request.ts";
import type { Store } from "../store/store.ts";
import { repositoryKey } from "./job-keys.ts";

/** Whether somebody who may not ask is told so with words: once a day (UTC) and repository. */
export async function mayRefuse(store: Store, request: Request): Promise<boolean> {
  const inserted = await store.query(
    `insert into refusals (repository, account, day)
     values ($1, $2, (now() at time zone 'utc')::date) on conflict do nothing returning account`,
    [repositoryKey(request), request.requester.id],
  );
  return inserted.length > 0;
}
