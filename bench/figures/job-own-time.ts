import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Probot } from "probot";
import { type App, type DevGitHub, startGitHub } from "../../dev/github/index.ts";
import { appIdentity, installationGitHub } from "../../src/app/installation-github.ts";
import { boxesOf } from "../../src/core/box-service.ts";
import type { GitHub } from "../../src/core/github.ts";
import { memoryJournal } from "../../src/core/journal.ts";
import type { JobPorts } from "../../src/core/ports.ts";
import { runJob } from "../../src/core/run-job.ts";
import { gitEnvironment, runGit } from "../../src/host/run-git.ts";
import { temporaryFolder } from "../../test/support/temporary-folder.ts";
import { type TestEngine, testEngine } from "../../test/support/test-engine.ts";
import type { Figure } from "../figure.ts";
import { interleave } from "../interleave.ts";
import { ratio } from "../ratio.ts";
import { BareProcess } from "../support/bare-process.ts";
import { benchJob } from "../support/bench-job.ts";
import { benchRepository } from "../support/bench-repository.ts";

const SCRIPT = fileURLToPath(new URL("../support/job-by-hand.sh", import.meta.url));
const OWNER = "acme";
const AUTHOR = "maya";
/** Each side pushes to a branch of its own, so that neither finds its work done. */
const BRANCHES = ["by-job", "by-hand"] as const;
/** The box's creation and the GitHub comments around the work are other figures' concern. */
const OWN_STEPS: readonly string[] = ["prepare", "agent", "collect", "publish"];

/** What a job takes beside its agent: how much slower it is than the git commands that it consists of. */
export const jobOwnTime: Figure = {
  name: "job-own-time",
  unit: "ratio",
  bar: 1.5,
  good: "at most",
  baseline:
    "the steps prepare (in a box that is there), agent (one echo, then add and write-tree), collect and publish of runJob, with their REST calls, over Probot's client and the engine's HTTP; against a bash script with the same git commands on this host: fetch into a bare cache, bundle, clone from it, set-url, checkout -B, add, write-tree, commit-tree, update-ref, bundle, fetch the base at depth 1, fetch the bundle, push. Same development GitHub and repository (200 files, 50 commits), same git configuration on the trusted side, all caches warm",
  samples: 30,
  async measure(samples) {
    await using github = await startGitHub({ contentRequestsAMinute: 1_000_000 });
    await using folder = await temporaryFolder();
    await using engine = await testEngine({ allowedHosts: [new URL(github.url).host] });
    await using bare = new BareProcess();
    const place = await makePlace(github);
    const subject = await jobSide(place, engine, folder.path);
    const baseline = await handSide(place, bare, folder.path);
    return ratio(await interleave({ samples, subject, baseline }));
  },
};

type Place = Awaited<ReturnType<typeof makePlace>>;

async function makePlace(github: DevGitHub) {
  github.createUser({ login: OWNER, type: "Organization" });
  const { login, id } = github.createUser({ login: AUTHOR });
  const app = github.createApp({
    slug: "box-action",
    permissions: { contents: "write", issues: "write", metadata: "read", pull_requests: "write" },
    events: [],
  });
  const { repository, numbers } = await benchRepository(github, {
    owner: OWNER,
    name: "bench",
    author: AUTHOR,
    branches: BRANCHES,
  });
  repository.setPermission(AUTHOR, "write");
  const installationId = github.installApp(app, { account: OWNER });
  const [number = 0] = numbers;
  return { github, app, repository, number, installationId, requester: { login, id } };
}

/** Runs whole jobs and counts their own steps. */
async function jobSide(place: Place, engine: TestEngine, folder: string) {
  const { repository, requester, number } = place;
  const [branch] = BRANCHES;
  const port = await githubPort(place);
  const service = boxesOf(engine.connection, port.identity);
  let sha = await head(repository.folder, branch);
  let round = 0;
  return async () => {
    const command = `echo ${round++} >> notes.txt`;
    const job = benchJob({ repository, requester, number, branch, sha, command });
    const agent = { harness: "claude-code", model: "anthropic/claude-sonnet-5" };
    const box = await service.create({
      agent,
      signal: new AbortController().signal,
      jobId: job.id,
      settings: job.settings,
    });
    let milliseconds = 0;
    const ports: JobPorts = {
      github: port,
      boxes: { create: async () => box, get: service.get, find: service.find },
      agent,
      repositories: join(folder, "repositories"),
      snapshots: null,
      keepsBoxes: false,
      journal: {
        ...memoryJournal(),
        async step(name, work) {
          const started = performance.now();
          const result = await work();
          if (OWN_STEPS.includes(name)) milliseconds += performance.now() - started;
          return result;
        },
      },
      resumed: null,
      emit(event) {
        if (event.type === "published") sha = event.sha;
      },
      holdsSecret: () => false,
      redact: (text) => text,
      addSecret: () => undefined,
      signal: new AbortController().signal,
    };
    const outcome = await runJob(job, ports);
    if (outcome?.status !== "succeeded")
      throw new Error(`The job ended: ${JSON.stringify(outcome)}`);
    return milliseconds;
  };
}

async function githubPort(place: Place): Promise<GitHub> {
  const { github, installationId, requester, repository, number } = place;
  const probot = await startProbot(github, place.app);
  const identity = appIdentity(probot, github.apiUrl);
  const job = benchJob({ repository, requester, number, branch: "", sha: "", command: "" });
  const port = await installationGitHub({
    probot,
    installationId,
    repository: job.request.repository,
    identity,
  });
  // The eyes belong to another figure; here they would only wait for their turn (one a second).
  return { ...port, react: async () => undefined };
}

async function startProbot(github: DevGitHub, app: App): Promise<Probot> {
  const { appId, privateKey } = app;
  const probot = new Probot({
    appId,
    privateKey,
    baseUrl: github.apiUrl,
    secret: "bench",
    logLevel: "fatal",
  });
  await probot.ready();
  return probot;
}

/** Runs the same git commands from a script. */
async function handSide(place: Place, bare: BareProcess, folder: string) {
  const { github, repository, installationId } = place;
  const branch = BRANCHES[1];
  const token = github.createInstallationToken(installationId);
  const [CACHE, TRUSTED] = [join(folder, "cache.git"), join(folder, "trusted.git")];
  for (const path of [CACHE, TRUSTED]) await runGit(["init", "--quiet", "--bare", path]);
  const environment = gitEnvironment({
    credential: { url: repository.cloneUrl, token },
    protocols: ["http", "file"],
  });
  let round = 0;
  return async () => {
    const WORK = await mkdtemp(join(folder, "work-"));
    const line = `Line ${round++}`;
    const milliseconds = await bare.run("bash", [SCRIPT], {
      env: {
        ...environment,
        ...identityVariables(),
        URL: repository.cloneUrl,
        BRANCH: branch,
        BASE: await head(repository.folder, branch),
        CACHE,
        TRUSTED,
        WORK,
        LINE: line,
      },
    });
    await rm(WORK, { recursive: true });
    return milliseconds;
  };
}

function identityVariables(): Record<string, string> {
  const [name, email] = ["box-action[bot]", "box-action@users.noreply.localhost"];
  return {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
  };
}

async function head(folder: string, branch: string): Promise<string> {
  const sha = await runGit(["rev-parse", `refs/heads/${branch}`], { cwd: folder });
  return sha.toString("utf8").trim();
}
