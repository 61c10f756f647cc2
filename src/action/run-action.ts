import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { info, setFailed, setOutput, summary } from "@actions/core";
import { context, getOctokit } from "@actions/github";
import { agentSettings } from "../core/agent-settings.ts";
import { type BoxService, boxesOf } from "../core/box-service.ts";
import { type CarriedOut, carryOut } from "../core/carry-out.ts";
import type { GitHub } from "../core/github.ts";
import type { Job } from "../core/job.ts";
import { memoryInThread } from "../core/memory-in-thread.ts";
import { octokitGitHub } from "../core/octokit-github.ts";
import type { RepositoryRef } from "../core/request.ts";
import { takeRequest } from "../core/take-request.ts";
import { trigger } from "../core/trigger/trigger.ts";
import { stepSummary } from "../core/views/step-summary.ts";
import { terminalLine } from "../core/views/terminal-line.ts";
import { type ServedEngine, serveEngine } from "../engine/serve-engine.ts";
import { type Inputs, readInputs } from "./inputs.ts";

/** One event of a workflow, from the command to the result. */
export async function runAction(): Promise<void> {
  const inputs = readInputs();
  const { eventName, payload, runId, runAttempt } = context;
  const event = { name: eventName, id: `run-${runId}-${runAttempt}`, payload };
  const mention = mentionOf(inputs["bot-login"]);
  const triggered = trigger(event, { mention });
  if (!("request" in triggered)) {
    info(
      `Nothing to do: ${"ignored" in triggered ? triggered.ignored : "workflows have no buttons"}`,
    );
    setOutput("status", "ignored");
    return;
  }
  const { request } = triggered;
  const github = actionGitHub(inputs, request.repository);
  const taken = await takeRequest(request, github, {
    cancel: async () => 0,
    nothingToCancel: "This job is a workflow's: cancel its run under Actions.",
    memory: memoryInThread(github, mention),
    status: async () => "Jobs of a workflow are its runs: look under Actions.",
  });
  if ("answered" in taken) {
    info(`No job: ${taken.answered}`);
    setOutput("status", "ignored");
    return;
  }

  const agent = await agentSettings({
    harness: inputs.harness,
    model: inputs.model,
    apiKey: inputs["model-api-key"],
    program: inputs["custom-harness"],
  });
  // In the runner's own temporary folder, which it empties; boxes must be able to pass through it.
  const data = await mkdtemp(join(process.env.RUNNER_TEMP ?? tmpdir(), "box-action-"));
  await chmod(data, 0o711);
  // Opened by the first box: one that cannot be opened is then told in the job's comment.
  let opened: ReturnType<typeof openBoxService> | undefined;
  const boxes = async () => {
    opened ??= openBoxService(inputs, request.repository, data);
    return boxesOf((await opened).service, github.identity);
  };
  try {
    const carriedOut = await carryOut(taken.job, {
      github,
      boxes: {
        create: async (options) => (await boxes()).create(options),
        get: async (id) => (await boxes()).get(id),
        find: async (jobId) => (await boxes()).find(jobId),
      },
      agent,
      repositories: join(data, "repositories"),
      secrets: [inputs["github-token"], inputs["box-api-key"] ?? "", inputs["model-api-key"] ?? ""],
      signal: cancelled(),
      onEvent(event) {
        const line = terminalLine(event);
        if (line !== null) info(line);
      },
    });
    await report(taken.job, carriedOut);
  } finally {
    const service = await opened?.catch(() => undefined);
    await service?.engine?.close();
    await rm(data, { recursive: true, force: true });
  }
}

/** An App's token has a login that people can mention; the workflow's own is everybody's. */
function mentionOf(login: string): string | null {
  return login === "github-actions[bot]" ? null : login.replace(/\[bot\]$/, "");
}

function actionGitHub(inputs: Inputs, repository: RepositoryRef): GitHub {
  const token = inputs["github-token"];
  const octokit = getOctokit(token);
  const login = inputs["bot-login"];
  return octokitGitHub({
    octokit,
    repository,
    async identity() {
      const { data } = await octokit.rest.users.getByUsername({ username: login });
      const { hostname } = new URL(repository.htmlUrl);
      return { login, id: data.id, email: `${data.id}+${login}@users.noreply.${hostname}` };
    },
    readToken: async () => readToken(inputs, repository),
    writeToken: async () => token,
  });
}

/**
 * The workflow's token can write and cannot be narrowed. The engine on this runner clones on its own
 * side, so that it never enters a box; Upstash Box would get it, so there it is not given.
 */
function readToken(inputs: Inputs, repository: RepositoryRef): string | undefined {
  if (inputs["clone-token"] !== undefined) return inputs["clone-token"];
  if (inputs["box-api-key"] === undefined) return inputs["github-token"];
  if (!repository.private) return undefined;
  throw new Error(
    "A private repository with Upstash Box needs clone-token: a token that can only read it.",
  );
}

async function openBoxService(
  inputs: Inputs,
  repository: RepositoryRef,
  data: string,
): Promise<{ service: BoxService; engine: ServedEngine | null }> {
  const apiKey = inputs["box-api-key"];
  if (apiKey !== undefined) {
    return { service: { apiKey, baseUrl: inputs["box-base-url"] }, engine: null };
  }
  const own = randomBytes(32).toString("base64url");
  const { host } = new URL(repository.cloneUrl);
  const engine = await serveEngine({
    data: join(data, "engine"),
    apiKey: own,
    harnesses: process.env.RUNNER_TOOL_CACHE && join(process.env.RUNNER_TOOL_CACHE, "box-action"),
    allowedHosts: host === "github.com" ? [] : [host],
    onError: (error) => info(`The engine failed: ${(error as Error).stack}`),
  });
  return { service: { baseUrl: engine.url, apiKey: own }, engine };
}

/** A workflow that is cancelled gets SIGINT, and SIGTERM 7.5 seconds later. */
function cancelled(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => controller.abort(new Error("The workflow was cancelled.")));
  }
  return controller.signal;
}

async function report(job: Job, { state, commentUrl }: CarriedOut): Promise<void> {
  const { outcome, published } = state;
  setOutput("status", outcome?.status ?? "failed");
  setOutput("commit", published?.sha ?? "");
  setOutput("pull-request-url", published?.pullRequest?.url ?? "");
  setOutput("comment-url", commentUrl ?? "");
  const view = { repositoryUrl: job.request.repository.htmlUrl };
  await summary.addRaw(stepSummary(state, view)).write();
  if (outcome?.status === "failed") setFailed(outcome.failure.message);
  if (outcome?.status === "interrupted") setFailed(outcome.because);
}
