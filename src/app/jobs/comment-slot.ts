import { setTimeout as sleep } from "node:timers/promises";
import type { CommentSlot } from "../../core/comment-slot.ts";
import type { GitHub } from "../../core/github.ts";
import type { Job } from "../../core/job.ts";
import { jobMarker } from "../../core/marker.ts";
import { Locks } from "../../host/locks.ts";
import type { Store } from "../store/store.ts";

const LOOK_AGAIN_MS = 100;
/** Whoever holds the lock waits for GitHub, which is given up after 30 s. */
const LOCK_LIMIT_MS = 60_000;

/** Within one process the store's lock does not tell one holder from another. */
const local = new Locks();

/**
 * Where a job's one comment is, for all processes: whoever makes it, or edits it for the first time, is
 * alone with it. The lock of a process that has died is nobody's.
 */
export function commentSlot(
  store: Store,
  options: { job: Job; github: GitHub; executor: string },
): CommentSlot {
  const { job, github, executor } = options;

  async function lock(): Promise<void> {
    const until = performance.now() + LOCK_LIMIT_MS;
    for (;;) {
      const [held] = await store.query(
        `update jobs set comment_lock = $2 where id = $1 and (
           comment_lock is null or comment_lock = $2
           or comment_lock not in (select id from executors where lease_until > now())
         ) returning id`,
        [job.id, executor],
      );
      if (held !== undefined) return;
      if (performance.now() > until) throw new Error("The comment is held by another process.");
      await sleep(LOOK_AGAIN_MS);
    }
  }

  async function unlock(): Promise<void> {
    await store.query("update jobs set comment_lock = null where id = $1 and comment_lock = $2", [
      job.id,
      executor,
    ]);
  }

  return {
    async load() {
      const [row] = await store.query<{
        comment_id: string | null;
        comment_url: string;
        was_shown: boolean;
      }>(
        "select comment_id, comment_url, shown_place is not null as was_shown from jobs where id = $1",
        [job.id],
      );
      if (row === undefined) return null;
      if (row.comment_id !== null) return { id: Number(row.comment_id), htmlUrl: row.comment_url };
      if (!row.was_shown) return null;
      // Whoever said that it waits may have died before it could say where.
      const { thread, origin } = job.request;
      return github.findReply({ thread: thread.number, origin }, jobMarker(job.id));
    },

    async save({ id, htmlUrl }) {
      await store.query("update jobs set comment_id = $2, comment_url = $3 where id = $1", [
        job.id,
        id,
        htmlUrl,
      ]);
    },

    exclusively: (work) =>
      local.run(job.id, async () => {
        await lock();
        try {
          return await work();
        } finally {
          await unlock();
        }
      }),
  };
}
