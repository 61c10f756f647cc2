import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ServedApp, serveApp } from "../../src/app/serve-app.ts";
import { Box } from "../../src/box/index.ts";
import type { CarriedOut } from "../../src/core/carry-out.ts";
import { devAppConfig, registerApp } from "../dev-app.ts";
import { type App, type DevGitHub, type RepositoryHandle, startGitHub } from "../github/index.ts";
import { demoAgent } from "./demo-agent.ts";
import type { Display } from "./display.ts";
import { PULL_REQUEST_FILES, SAMPLE_FILES } from "./sample-repository.ts";

const COMMANDS = ["/box run npm run format", "/box fix the failing test"];
const BRANCH = "shorten";

/** What `--json` prints. Times are milliseconds. */
export interface DemoResult {
  ok: boolean;
  jobs: Array<{
    command: string;
    status: string;
    commit: string | null;
    pullRequest: { number: number; url: string };
    comment: { url: string; edits: number };
    steps: Array<{ name: string; milliseconds: number }>;
  }>;
  tests: { command: string; passed: boolean };
}

/** The main job of the product, from a comment to a commit, on this machine alone. */
export async function runDemo(options: {
  display: Display;
  keep: boolean;
  /** A real program as the agent. @default a script */
  harness?: string | undefined;
  signal: AbortSignal;
}): Promise<DemoResult> {
  const { display, keep, harness, signal } = options;
  const agent = await demoAgent(harness);
  display.say(agent.description);
  const data = await mkdtemp(join(tmpdir(), "box-action-demo-"));
  // The boxes of a root engine have users of their own, who pass through here to their disks.
  await chmod(data, 0o711);
  const github = await startGitHub();
  let app: ServedApp | undefined;
  try {
    const registered = registerApp(github);
    const jobs = new JobWatch();
    github.on("comment", ({ author, body, edits }) => {
      if (author === registered.botUser.login) display.comment(body, edits);
    });
    app = await serveApp(devAppConfig(github, registered, { data, ...agent.config }), {
      onJobEvent: (_job, event) => display.event(event),
      onJobDone: (_job, done) => jobs.done(done),
    });
    github.setWebhook(registered, `${app.url}/api/github/webhooks`);
    display.say(`GitHub ${github.url}   App ${app.url}   engine ${app.boxService.baseUrl}`);

    const { repository, number } = await openPullRequest(github, registered);
    const url = `${github.url}/${repository.fullName}/pull/${number}`;
    display.say(`Opened pull request #${number}, whose test fails: ${url}`);
    const results: DemoResult["jobs"] = [];
    for (const command of COMMANDS) {
      display.say(`\nmaya comments: ${command}`);
      const done = jobs.next(signal);
      await repository.comment(number, { author: "maya", body: command });
      results.push(jobResult(command, await done, { number, url }, repository));
      display.settle();
    }

    const passed = await testsPass(app, repository);
    const commits = await repository.log(BRANCH, COMMANDS.length);
    await display.finish({ repository, commits, results, passed, url, keep });
    const ok = passed && results.every(({ commit }) => commits.some(({ sha }) => sha === commit));
    if (keep) await stayUntil(signal, display, url);
    return { ok, jobs: results, tests: { command: "npm test", passed } };
  } finally {
    await app?.close("The demo is over.");
    await github.close();
    await agent.close();
    await rm(data, { recursive: true, force: true });
    display.close();
  }
}

async function openPullRequest(github: DevGitHub, app: App) {
  github.createUser({ login: "acme", type: "Organization" });
  github.createUser({ login: "maya" });
  const repository = await github.createRepository({
    owner: "acme",
    name: "postcards",
    files: SAMPLE_FILES,
  });
  repository.setPermission("maya", "write");
  github.installApp(app, { account: "acme" });
  await repository.commit(BRANCH, PULL_REQUEST_FILES, {
    base: "main",
    message: "Add shorten",
    author: "maya",
  });
  const { number } = await repository.createPullRequest({
    author: "maya",
    title: "Add shorten",
    body: "Cuts a text so that it fits on a postcard.",
    head: BRANCH,
    base: "main",
  });
  return { repository, number };
}

/** Hands out each job when it has ended. */
class JobWatch {
  done: (done: CarriedOut) => void = () => undefined;

  next(signal: AbortSignal): Promise<CarriedOut> {
    return new Promise((resolve, reject) => {
      this.done = resolve;
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
  }
}

function jobResult(
  command: string,
  { state, commentUrl }: CarriedOut,
  pullRequest: { number: number; url: string },
  repository: RepositoryHandle,
): DemoResult["jobs"][number] {
  const comment = repository
    .comments(pullRequest.number)
    .find(({ body }) => state.jobId !== null && body.includes(state.jobId));
  return {
    command,
    status: state.outcome?.status ?? "unknown",
    commit: state.published?.sha ?? null,
    pullRequest,
    comment: {
      url: commentUrl ?? "",
      edits: comment === undefined ? 0 : repository.history(comment.id).length - 1,
    },
    steps: state.steps.flatMap(({ name, milliseconds }) =>
      milliseconds === null ? [] : [{ name, milliseconds }],
    ),
  };
}

/** The repository's own tests on what arrived on the branch, in a fresh box. */
async function testsPass(app: ServedApp, repository: RepositoryHandle): Promise<boolean> {
  const box = await Box.create({ ...app.boxService });
  try {
    await box.git.clone({ repo: repository.cloneUrl, branch: BRANCH });
    await box.cd("postcards");
    return (await box.exec.command("npm test")).exitCode === 0;
  } finally {
    await box.delete();
  }
}

async function stayUntil(signal: AbortSignal, display: Display, url: string): Promise<void> {
  display.say(`\nLeft running: ${url}\nStop with Ctrl-C.`);
  if (signal.aborted) return;
  // A pending promise alone does not keep a process alive; the servers do.
  await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
}
