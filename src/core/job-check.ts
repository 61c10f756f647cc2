import type { CheckView, GitHub } from "./github.ts";
import type { Job } from "./job.ts";

/**
 * The check run of a job on the commit that it works on, for pull requests: an issue has none. It is made
 * once, and found again by the job's id. An App that may not make checks does without.
 */
export class JobCheck {
  readonly #job: Job;
  readonly #github: GitHub;
  #id: number | null = null;
  /** A request that failed may have been carried out all the same. */
  #mayExist: boolean;
  #isRefused: boolean;
  #isForbidden = false;

  /** @param options.mayExist an earlier attempt may have made it */
  constructor(job: Job, github: GitHub, { mayExist }: { mayExist: boolean }) {
    this.#job = job;
    this.#github = github;
    this.#mayExist = mayExist;
    this.#isRefused = job.request.thread.kind !== "pull-request";
  }

  /**
   * Shows what there is to see.
   * @returns its address when it was made just now, else null
   */
  async publish(view: CheckView, signal?: AbortSignal): Promise<string | null> {
    if (this.#isRefused) return null;
    try {
      if (this.#id !== null) {
        await this.#github.updateCheck(this.#id, view, signal);
        return null;
      }
      return await this.#open(view, signal);
    } catch (error) {
      const { annotations = [], ...plain } = view;
      if ((error as { status?: number }).status === 422 && annotations.length > 0) {
        // What an agent says of paths and lines need not be true; the check has to end all the same.
        return this.publish(plain, signal);
      }
      // 404: the commit, or the right to it, is gone. 422: GitHub wants none on it.
      const { status, message } = error as { status?: number; message?: string };
      const isLimit = /rate limit/i.test(message ?? "");
      if (status === 404 || status === 422 || (status === 403 && !isLimit)) {
        this.#isRefused = true;
        this.#isForbidden = status === 403;
        return null;
      }
      throw error;
    }
  }

  /** Makes one on another commit, when there is none. */
  async publishOn(sha: string, view: CheckView, signal?: AbortSignal): Promise<void> {
    const { id } = this.#job;
    if (this.#isForbidden || (await this.#github.findCheck(sha, id)) !== null) return;
    signal?.throwIfAborted();
    await this.#github.createCheck(sha, id, view);
  }

  async #open(view: CheckView, signal?: AbortSignal): Promise<string> {
    const { id, target } = this.#job;
    const found = this.#mayExist ? await this.#github.findCheck(target.sha, id) : null;
    if (found !== null) {
      this.#id = found.id;
      await this.#github.updateCheck(found.id, view, signal);
      return found.htmlUrl;
    }
    signal?.throwIfAborted();
    this.#mayExist = true;
    const made = await this.#github.createCheck(target.sha, id, view);
    this.#id = made.id;
    return made.htmlUrl;
  }
}
