import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { devAppConfig } from "../../dev/dev-app.ts";
import type { DevGitHub, RepositoryHandle } from "../../dev/github/index.ts";
import type { AppConfig } from "../../src/app/config.ts";
import { type ServedApp, serveApp } from "../../src/app/serve-app.ts";
import { agentSettings } from "../../src/core/agent-settings.ts";
import type { CarriedOut } from "../../src/core/carry-out.ts";
import type { JobEvent } from "../../src/core/events.ts";
import type { Job } from "../../src/core/job.ts";
import { agentScript } from "./agent-script.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { type TestGitHub, testGitHub } from "./test-github.ts";

/** A job that has ended, with all that happened in it. */
export interface EndedJob extends CarriedOut {
  job: Job;
  events: JobEvent[];
  /** Its comment's last text. */
  comment: string;
}

export interface TestApp extends TestGitHub {
  served: ServedApp;
  config: AppConfig;
  /** Everything the App wrote to its log is not kept; these are its folders. */
  data: string;
  /** All jobs that have ended so far. */
  ended: EndedJob[];
  /** Comments as the maintainer (or `author`) and waits for the end of the job that this starts. */
  ask(
    repository: RepositoryHandle,
    number: number,
    body: string,
    author?: string,
  ): Promise<EndedJob>;
  /** Waits for the end of the job that a comment started. */
  end(commentId: number): Promise<EndedJob>;
  /** Comments as the maintainer, and waits for the short reply to a comment of which no job comes. */
  answerTo(repository: RepositoryHandle, number: number, body: string): Promise<string>;
  /** Waits for the end of a job in a repository: the first one, or the n-th. */
  endIn(repository: RepositoryHandle, nth?: number): Promise<EndedJob>;
  /** Waits for the first event of this kind in the job that a comment started. */
  event<T extends JobEvent["type"]>(
    commentId: number,
    type: T,
    matching?: (event: Extract<JobEvent, { type: T }>) => boolean,
  ): Promise<void>;
  /** The id of the box of the job that a comment started. */
  boxOf(commentId: number): string;
  /** What was written over REST below `/repos` by our bot: `POST /repos/…`. */
  writes(repository: RepositoryHandle): string[];
}

/** A GitHub, our App and its engine, all real, with a scripted agent. */
export async function testApp(
  scenarios: Record<string, string> = {},
  options: Partial<AppConfig> | ((github: DevGitHub) => Promise<Partial<AppConfig>>) = {},
): Promise<TestApp> {
  const folder = await temporaryFolder();
  const base = await testGitHub();
  const { github, app } = base;
  const program = join(folder.path, "agent.sh");
  await writeFile(program, agentScript(scenarios));
  const config = devAppConfig(github, app, {
    data: join(folder.path, "data"),
    agent: await agentSettings({ harness: "custom", model: "scripted", program }),
    ...(typeof options === "function" ? await options(github) : options),
  });
  const watch = new JobWatch(base);
  const served = await serveApp(config, watch.hooks);
  github.setWebhook(app, `${served.url}/api/github/webhooks`);
  return {
    ...base,
    served,
    config,
    data: config.data,
    ended: watch.ended,
    async ask(repository, number, body, author = base.maintainer) {
      const { id } = await repository.comment(number, { author, body });
      return watch.end(id);
    },
    end: (commentId) => watch.end(commentId),
    async answerTo(repository, number, body) {
      const before = repository.comments(number).length;
      await repository.comment(number, { author: base.maintainer, body });
      const answers = () => repository.comments(number).slice(before + 1);
      while (answers().length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      return answers()[0]?.body ?? "";
    },
    endIn: (repository, nth = 1) => watch.endIn(repository.fullName, nth),
    event: (commentId, type, matching) => watch.event(commentId, type, matching),
    boxOf: (commentId) => watch.boxOf(commentId),
    writes: (repository) =>
      github.requests
        .filter(({ method, path }) => method !== "GET" && path.includes(repository.fullName))
        .map(({ method, path }) => `${method} ${path}`),
    async [Symbol.asyncDispose]() {
      await served.close("The test is over.");
      await github.close();
      await folder[Symbol.asyncDispose]();
      // Whatever the test was about: nothing that we sent is outside GitHub's own description.
      expect(github.contractViolations).toEqual([]);
    },
  };
}

class JobWatch {
  readonly ended: EndedJob[] = [];
  readonly hooks = {
    onJobEvent: (job: Job, event: JobEvent) => {
      this.#events.set(job.id, [...(this.#events.get(job.id) ?? []), event]);
      this.#commentOf.set(job.id, job.request.origin.id);
      this.#look();
    },
    onJobDone: (job: Job, done: CarriedOut) => {
      const events = this.#events.get(job.id) ?? [];
      this.ended.push({ ...done, job, events, comment: this.#comment(job, done) });
      this.#look();
    },
  };
  readonly #github: TestGitHub;
  readonly #events = new Map<string, JobEvent[]>();
  readonly #commentOf = new Map<string, number>();
  readonly #waiting = new Set<() => boolean>();

  constructor(github: TestGitHub) {
    this.#github = github;
  }

  end(commentId: number): Promise<EndedJob> {
    return this.#until(() => this.ended.find(({ job }) => job.request.origin.id === commentId));
  }

  endIn(fullName: string, nth: number): Promise<EndedJob> {
    const isThere = ({ job: { request } }: EndedJob) =>
      `${request.repository.owner}/${request.repository.name}` === fullName;
    return this.#until(() => this.ended.filter(isThere)[nth - 1]);
  }

  async event<T extends JobEvent["type"]>(
    commentId: number,
    type: T,
    matching: (event: Extract<JobEvent, { type: T }>) => boolean = () => true,
  ): Promise<void> {
    await this.#until(() =>
      [...this.#events].some(
        ([id, events]) =>
          this.#commentOf.get(id) === commentId &&
          events.some(
            (event) => event.type === type && matching(event as Extract<JobEvent, { type: T }>),
          ),
      ),
    );
  }

  boxOf(commentId: number): string {
    for (const [id, events] of this.#events) {
      if (this.#commentOf.get(id) !== commentId) continue;
      for (const event of events) if (event.type === "box-created") return event.boxId;
    }
    throw new Error(`The comment ${commentId} has no box.`);
  }

  #comment(job: Job, { commentUrl }: CarriedOut): string {
    const { repository, thread } = job.request;
    const handle = this.#repository(`${repository.owner}/${repository.name}`);
    if (handle === null) return "";
    const all =
      job.request.origin.kind === "review-comment"
        ? handle.reviewComments(thread.number)
        : handle.comments(thread.number);
    return String(all.find(({ html_url }) => html_url === commentUrl)?.body ?? "");
  }

  /** Null when it is called something else by now. */
  #repository(fullName: string): RepositoryHandle | null {
    try {
      return this.#github.github.repository(fullName);
    } catch {
      return null;
    }
  }

  #until<T>(look: () => T | undefined | false): Promise<T> {
    return new Promise((resolve) => {
      const check = () => {
        const found = look();
        if (!found) return false;
        resolve(found);
        return true;
      };
      if (!check()) this.#waiting.add(check);
    });
  }

  #look(): void {
    for (const check of this.#waiting) if (check()) this.#waiting.delete(check);
  }
}
