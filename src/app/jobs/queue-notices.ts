import type { GitHub, PostedComment } from "../../core/github.ts";
import type { Job } from "../../core/job.ts";
import { jobMarker } from "../../core/marker.ts";
import { queuedComment } from "../../core/views/queued-comment.ts";
import type { Store } from "../store/store.ts";
import { commentSlot } from "./comment-slot.ts";
import { type Place, queuePlaces } from "./queue-places.ts";

export interface QueueNoticesOptions {
  store: Store;
  /** This process's name in the store. */
  executor(): string;
  github(job: Job, installation: number): Promise<GitHub>;
  onError(job: string, error: unknown): void;
}

/** Another process may be about to begin with a job that it has put there just now. */
const PATIENCE_SECONDS = 1;
const LOOK_EVERY_MS = 3_000;
/** Comments written in one look: GitHub asks for a pause between writes. */
const MOST_AT_ONCE = 20;

interface Row {
  id: string;
  state: "queued" | "running";
  thread_key: string;
  branch_key: string;
  is_due: boolean;
  shown_place: number | null;
}

/**
 * Shows jobs that have to wait that they were heard: 👀, and a comment with their place in the line. Of
 * several processes each place is written by one.
 */
export class QueueNotices {
  readonly #options: QueueNoticesOptions;
  readonly #abort = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();

  constructor(options: QueueNoticesOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setTimeout(() => {
      this.#looking = this.look().finally(() => {
        if (!this.#abort.signal.aborted) this.start();
      });
    }, LOOK_EVERY_MS);
  }

  async stop(): Promise<void> {
    this.#abort.abort(new Error("The App is being stopped."));
    clearTimeout(this.#timer);
    await this.#looking;
  }

  /**
   * Brings what waiting jobs show up to date.
   * @param only this job, which was refused a turn just now
   */
  async look(only?: string): Promise<void> {
    try {
      const rows = await this.#options.store.query<Row>(
        `select id, state, thread_key, branch_key, shown_place,
           state = 'queued' and attempt = 0 and cancel is null
             and queued_at < now() - $1 * interval '1 second' as is_due
         from jobs where state <> 'ended' order by sequence`,
        [only === undefined ? PATIENCE_SECONDS : 0],
      );
      const places = queuePlaces(
        rows.map(({ id, state, thread_key, branch_key }) => ({
          id,
          state,
          threadKey: thread_key,
          branchKey: branch_key,
        })),
      );
      const stale = rows.filter(
        ({ id, is_due, shown_place }) =>
          is_due && places.get(id)?.before !== shown_place && (only === undefined || id === only),
      );
      for (const { id } of stale.slice(0, MOST_AT_ONCE)) {
        const place = places.get(id);
        if (place !== undefined && !this.#abort.signal.aborted) await this.#show(id, place);
      }
    } catch (error) {
      this.#options.onError("", error);
    }
  }

  async #show(id: string, place: Place): Promise<void> {
    const { store, onError } = this.#options;
    // Whoever changes it writes it: of several processes one.
    const [row] = await store.query<{ job: Job; installation: string; was: number | null }>(
      `update jobs set shown_place = $2 from (select shown_place as was from jobs where id = $1) old
       where id = $1 and state = 'queued' and attempt = 0 and shown_place is distinct from $2
       returning job, installation, was`,
      [id, place.before],
    );
    if (row === undefined) return;
    try {
      const github = await this.#options.github(row.job, Number(row.installation));
      if (row.was === null) await acknowledge(row.job, github);
      await this.#write(row.job, github, place);
    } catch (error) {
      onError(id, error);
    }
  }

  async #write(job: Job, github: GitHub, place: Place): Promise<void> {
    const { store, executor } = this.#options;
    const { signal } = this.#abort;
    const slot = commentSlot(store, { job, github, executor: executor() });
    await slot.exclusively(async () => {
      // It may have had its turn meanwhile: from then on the comment is its own.
      const waits = "select 1 from jobs where id = $1 and state = 'queued' and attempt = 0";
      if ((await store.query(waits, [job.id])).length === 0) return;
      const text = queuedComment(job, { ...place, marker: jobMarker(job.id) });
      const posted = await slot.load();
      if (posted === null) await slot.save(await reply(job, github, text));
      else await github.editReply({ kind: job.request.origin.kind, id: posted.id }, text, signal);
    });
  }
}

/** Neither the job nor its comment depends on a reaction that GitHub refuses. */
async function acknowledge({ request }: Job, github: GitHub): Promise<void> {
  await github.react(request.origin, "eyes").catch(() => undefined);
}

function reply({ request }: Job, github: GitHub, text: string): Promise<PostedComment> {
  return github.reply({ thread: request.thread.number, origin: request.origin }, text);
}
