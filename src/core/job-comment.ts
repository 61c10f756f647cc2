import type { CommentSlot } from "./comment-slot.ts";
import type { GitHub, PostedComment } from "./github.ts";
import type { Job } from "./job.ts";
import { jobMarker } from "./marker.ts";

export interface JobCommentOptions {
  slot: CommentSlot;
  /** An earlier attempt may have made the comment without being able to keep where it is. */
  resumed: boolean;
}

/**
 * The one comment of a job. It is made once: a job that is taken up again finds it where it was kept, or
 * by its marker, which is derived from the job's id.
 */
export class JobComment {
  readonly marker: string;
  readonly #job: Job;
  readonly #github: GitHub;
  readonly #slot: CommentSlot;
  #posted: PostedComment | null = null;
  /** A request that failed may have been carried out all the same. */
  #mayExist: boolean;
  #isGone = false;

  constructor(job: Job, github: GitHub, { slot, resumed }: JobCommentOptions) {
    this.marker = jobMarker(job.id);
    this.#job = job;
    this.#github = github;
    this.#slot = slot;
    this.#mayExist = resumed;
  }

  /** Where the comment is; null while there is none. */
  get url(): string | null {
    return this.#posted?.htmlUrl ?? null;
  }

  /**
   * Puts a text into the comment, and makes it where there is none yet.
   * @param signal gives an edit up, so that it cannot arrive after a later one
   */
  async publish(text: string, signal?: AbortSignal): Promise<void> {
    if (this.#isGone) return;
    if (this.#posted === null) {
      this.#posted = await this.#slot.exclusively(() => this.#open(text, signal));
    } else {
      await this.#edit(this.#posted, text, signal);
    }
  }

  async #open(text: string, signal?: AbortSignal): Promise<PostedComment> {
    const found = (await this.#slot.load()) ?? (await this.#find());
    if (found !== null) {
      await this.#edit(found, text, signal);
      await this.#slot.save(found);
      return found;
    }
    signal?.throwIfAborted();
    this.#mayExist = true;
    const posted = await this.#github.reply(this.#to, text);
    await this.#slot.save(posted);
    return posted;
  }

  async #find(): Promise<PostedComment | null> {
    return this.#mayExist ? this.#github.findReply(this.#to, this.marker) : null;
  }

  async #edit({ id }: PostedComment, text: string, signal?: AbortSignal): Promise<void> {
    const { kind } = this.#job.request.origin;
    try {
      await this.#github.editReply({ kind, id }, text, signal);
    } catch (error) {
      // Somebody has deleted it, and does not want it back.
      if ((error as { status?: number }).status !== 404) throw error;
      this.#isGone = true;
    }
  }

  get #to() {
    const { thread, origin } = this.#job.request;
    return { thread: thread.number, origin };
  }
}
