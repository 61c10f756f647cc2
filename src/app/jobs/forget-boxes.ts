import type { Store } from "../store/store.ts";

/** Whose boxes: of a thread (`owner/name#7`) and of the pull request that it is. */
export interface ThreadOf {
  repository: string;
  number: number;
}

/**
 * Gives up the boxes that are kept for a pull request that nobody goes on with.
 * @returns those that are nobody's now
 */
export async function forgetBoxes(
  store: Store,
  { repository, number }: ThreadOf,
): Promise<string[]> {
  const rows = await store.query<{ box: string }>(
    `update jobs set kept_until = null
     where kept_until is not null and box is not null and repository = $1
       and (thread_key = $2 or published->'pullRequest'->>'number' = $3)
       and not exists (
         select 1 from jobs others where others.box = jobs.box and others.state <> 'ended'
       )
     returning box`,
    [repository, `${repository}#${number}`, String(number)],
  );
  return rows.map(({ box }) => box);
}
