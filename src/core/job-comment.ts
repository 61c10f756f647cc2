import type { GitHub, PostedComment } from "./github.ts";
import type { Job } from "./job.ts";
import { jobMarker } from "./marker.ts";

/**
 * The one comment of a job. It is made once: a job that is taken up again finds it by its marker,
 * which is derived from the job's id.
 */
export class JobComment {
  readonly marker: string;
  readonly #job: Job;
  readonly #github: GitHub;
  #posted: Promise<PostedComment> | undefined;
  #url: string | null = null;

  constructor(job: Job, github: GitHub) {
    this.marker = jobMarker(job.id);
    this.#job = job;
    this.#github = github;
  }

  /** Where the comment is; null while there is none. */
  get url(): string | null {
    return this.#url;
  }

  /**
   * Puts a text into the comment, and makes it where there is none yet.
   * @param signal gives an edit up, so that it cannot arrive after a later one
   */
  async publish(text: string, signal?: AbortSignal): Promise<void> {
    const isFirst = this.#posted === undefined;
    this.#posted ??= this.#post(text);
    let posted: PostedComment;
    try {
      posted = await this.#posted;
    } catch (error) {
      // The next text tries to make it again.
      this.#posted = undefined;
      throw error;
    }
    this.#url = posted.htmlUrl;
    if (isFirst) return;
    const { kind } = this.#job.request.comment;
    await this.#github.editReply({ kind, id: posted.id }, text, signal);
  }

  async #post(text: string): Promise<PostedComment> {
    const { thread, comment } = this.#job.request;
    const to = { thread: thread.number, comment };
    const found = await this.#github.findReply(to, this.marker);
    if (found === null) return this.#github.reply(to, text);
    await this.#github.editReply({ kind: comment.kind, id: found.id }, text);
    return found;
  }
}
