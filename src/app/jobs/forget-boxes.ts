import type { Store } from "../store/store.ts";

/** Of a repository (`owner/name`, in lower case), or of one pull request of it. */
export interface BoxesOf {
  repository: string;
  number?: number;
}

/**
 * Gives up the boxes that are kept for what nobody goes on with.
 * @returns those that are nobody's now
 */
export async function forgetBoxes(
  store: Store,
  { repository, number }: BoxesOf,
): Promise<string[]> {
  const rows = await store.query<{ box: string }>(
    `update jobs set kept_until = null
     where kept_until is not null and box is not null and repository = $1
       and ($2::text is null or thread_key = $1 || '#' || $2
         or published->'pullRequest'->>'number' = $2)
       and not exists (
         select 1 from jobs others where others.box = jobs.box and others.state <> 'ended'
       )
     returning box`,
    [repository, number === undefined ? null : String(number)],
  );
  return rows.map(({ box }) => box);
}
