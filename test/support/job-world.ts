import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Octokit } from "@octokit/rest";
import type { RepositoryHandle } from "../../dev/github/index.ts";
import { agentSettings } from "../../src/core/agent-settings.ts";
import { type BoxService, boxesOf } from "../../src/core/box-service.ts";
import { type CarriedOut, type CarryOutOptions, carryOut } from "../../src/core/carry-out.ts";
import { memoryCommentSlot } from "../../src/core/comment-slot.ts";
import type { JobEvent } from "../../src/core/events.ts";
import { fold } from "../../src/core/fold.ts";
import type { GitHub } from "../../src/core/github.ts";
import { type Job, jobId } from "../../src/core/job.ts";
import { DEFAULT_SETTINGS } from "../../src/core/job-settings.ts";
import { type Journal, memoryJournal } from "../../src/core/journal.ts";
import { octokitGitHub } from "../../src/core/octokit-github.ts";
import type { JobPorts } from "../../src/core/ports.ts";
import type { Command } from "../../src/core/request.ts";
import { initialState, type JobState } from "../../src/core/state.ts";
import { serveEngine } from "../../src/engine/serve-engine.ts";
import { aRequest } from "./a-request.ts";
import { agentScript } from "./agent-script.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { testEngine } from "./test-engine.ts";
import { testGitHub } from "./test-github.ts";

/** A job as its store knows it: what is left of one attempt is what the next one begins with. */
export interface KeptJob {
  job: Job;
  repository: RepositoryHandle;
  github: GitHub;
  journal: Journal;
  events: JobEvent[];
  /** One attempt at the job; every one after the first takes it up again. */
  attempt(own?: Partial<AttemptOptions>): Promise<CarriedOut>;
  /** The last text of its comment; more than one is an error. */
  comment(): string;
}

export interface AttemptOptions {
  journal: Journal;
  github: GitHub;
  signal: AbortSignal;
  service: BoxService;
  boxes: JobPorts["boxes"];
  /** A machine of its own has repositories of its own. */
  machine: string;
  onEvent: (event: JobEvent) => void;
}

/** Core alone: a GitHub and an engine, both real, and no App before them. */
export async function jobWorld(scenarios: Record<string, string>) {
  const folder = await temporaryFolder();
  const host = await testGitHub();
  const allowedHosts = [new URL(host.github.url).host];
  const engine = await testEngine({ allowedHosts });
  const program = join(folder.path, "agent.sh");
  await writeFile(program, agentScript(scenarios));
  const agent = await agentSettings({ harness: "custom", model: "scripted", program });
  const identity = { login: "github-actions[bot]", id: 41_898_282, email: "bot@example.com" };

  return {
    ...host,
    engine,
    /** Stops the engine, and starts one on what it has left. */
    async restartEngine() {
      await engine.engine.close();
      const { apiKey, data } = engine;
      const next = await serveEngine({
        ...{ data, apiKey, allowedHosts },
        onError: (error) => engine.errors.push(error),
        spareSandbox: false,
      });
      return {
        connection: { apiKey, baseUrl: next.url },
        [Symbol.asyncDispose]: () => next.close(),
      };
    },
    /** A job in an issue of a repository of its own: it opens a branch and a pull request. */
    async job(command: Command): Promise<KeptJob> {
      const repository = await host.repository();
      const [owner = "", name = ""] = repository.fullName.split("/");
      const { number } = await repository.createIssue({ author: host.maintainer, title: "Do it" });
      const said = await repository.comment(number, { author: host.maintainer, body: "/box" });
      const request = aRequest({ command, kind: "issue" });
      const id = jobId(repository.fullName);
      const [head] = await repository.log("main", 1);
      const job: Job = {
        id,
        request: {
          ...request,
          repository: {
            ...request.repository,
            ...{ owner, name, cloneUrl: repository.cloneUrl },
            htmlUrl: `${host.github.url}/${repository.fullName}`,
          },
          thread: { ...request.thread, number },
          origin: { ...request.origin, id: said.id },
          requester: { ...request.requester, login: host.maintainer },
        },
        settings: DEFAULT_SETTINGS,
        continues: null,
        target: {
          branch: `box/issue-${number}-${id}`,
          sha: head?.sha ?? "",
          ...{ cloneBranch: "main", fork: null, base: "main" },
          pullRequest: null,
        },
        admittedAt: 1_750_000_000_000,
      };
      const token = host.github.createActionsToken(repository.fullName, {
        permissions: { contents: "write", issues: "write", pull_requests: "write" },
      });
      const github = octokitGitHub({
        octokit: new Octokit({ baseUrl: host.github.apiUrl, auth: token, log: SILENT }),
        repository: job.request.repository,
        identity: async () => identity,
        readToken: async () => token,
        writeToken: async () => token,
      });
      const events: JobEvent[] = [];
      const journal = memoryJournal();
      const slot = memoryCommentSlot();
      let attempts = 0;
      return {
        ...{ job, repository, github, journal, events },
        async attempt(own = {}) {
          const port = own.github ?? github;
          const options: CarryOutOptions = {
            github: port,
            boxes: own.boxes ?? boxesOf(own.service ?? engine.connection, port.identity),
            agent,
            repositories: join(folder.path, own.machine ?? "repositories"),
            secrets: [],
            signal: own.signal ?? new AbortController().signal,
            journal: own.journal ?? journal,
            comment: slot,
            onEvent(event) {
              events.push(event);
              own.onEvent?.(event);
            },
          };
          attempts++;
          if (attempts === 1) return carryOut(job, options);
          const state = stateOf(events);
          const resumed = { attempt: attempts, because: "the App was restarted", state };
          return carryOut(job, { ...options, resumed });
        },
        comment() {
          const [, ...ours] = repository.comments(number);
          if (ours.length !== 1) throw new Error(`There are ${ours.length} comments.`);
          return String(ours[0]?.body);
        },
      };
    },
    async [Symbol.asyncDispose]() {
      await engine[Symbol.asyncDispose]();
      await host[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

export type JobWorld = Awaited<ReturnType<typeof jobWorld>>;

/** As the store reads it back: events are JSON. */
function stateOf(events: readonly JobEvent[]): JobState {
  return (JSON.parse(JSON.stringify(events)) as JobEvent[]).reduce(fold, initialState());
}

const nothing = () => undefined;
const SILENT = { debug: nothing, info: nothing, warn: nothing, error: nothing };
