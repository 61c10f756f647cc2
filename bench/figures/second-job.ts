import { join } from "node:path";
import { Octokit } from "@octokit/rest";
import { type DevGitHub, startGitHub } from "../../dev/github/index.ts";
import type { Box } from "../../src/box/index.ts";
import { boxesOf } from "../../src/core/box-service.ts";
import type { Job } from "../../src/core/job.ts";
import { memoryJournal } from "../../src/core/journal.ts";
import { octokitGitHub } from "../../src/core/octokit-github.ts";
import type { JobPorts } from "../../src/core/ports.ts";
import type { SnapshotPort } from "../../src/core/snapshot-key.ts";
import { prepare } from "../../src/core/steps/prepare.ts";
import { TrustedRepository } from "../../src/core/trusted-repository.ts";
import { temporaryFolder } from "../../test/support/temporary-folder.ts";
import { testEngine } from "../../test/support/test-engine.ts";
import type { Figure } from "../figure.ts";
import { interleave } from "../interleave.ts";
import { ratio } from "../ratio.ts";
import { benchJob } from "../support/bench-job.ts";
import { benchRepository } from "../support/bench-repository.ts";

const OWNER = "acme";
const AUTHOR = "maya";
const BRANCH = "change";
/** It has nothing to do here. */
const AGENT = { harness: "claude-code", model: "anthropic/claude-sonnet-5" };
/** What a package manager leaves: 20 000 files in 200 folders. */
const SETUP =
  'mkdir node_modules && cd node_modules && for d in $(seq 200); do mkdir $d; for f in $(seq 100); do echo "$d $f" > $d/$f.js; done; done';

/** What a job waits for its box when the repository was set up before. */
export const secondJob: Figure = {
  name: "second-job",
  unit: "ratio",
  bar: 0.5,
  good: "at most",
  baseline:
    "the step prepare of a job whose repository (200 files, 50 commits) has a setup that writes 20 000 files, from the snapshot that an earlier job has left, against the same step without it: box, clone, setup and snapshot. No network: what packages take to come is not in it",
  samples: 10,
  async measure(samples) {
    await using github = await startGitHub({ contentRequestsAMinute: 1_000_000 });
    await using folder = await temporaryFolder();
    await using engine = await testEngine({ allowedHosts: [new URL(github.url).host] });
    const { job, port } = await place(github);
    const service = boxesOf(engine.connection, port.identity);
    const remembered = new Map<string, string>();
    const timed = (snapshots: SnapshotPort) => async () => {
      const id = crypto.randomUUID().replaceAll("-", "").slice(0, 12);
      const ports: JobPorts = {
        ...{ github: port, boxes: service, agent: AGENT, snapshots },
        ...{ repositories: join(folder.path, "repositories"), keepsBoxes: false, resumed: null },
        ...{ journal: memoryJournal(), signal: new AbortController().signal },
        ...{ emit: () => undefined, redact: (text: string) => text },
        ...{ addSecret: () => undefined, holdsSecret: () => false },
      };
      const { cloneUrl } = job.request.repository;
      const repository = new TrustedRepository(ports.repositories, cloneUrl, id);
      const started = performance.now();
      const { boxId } = await prepare({ ...job, id }, repository, false, ports);
      const milliseconds = performance.now() - started;
      await (await service.get(boxId)).delete();
      return milliseconds;
    };
    const keep = async ({ hash }: { hash: string }, box: Box) => {
      const { id } = await box.snapshot({ name: hash });
      remembered.set(hash, id);
    };
    const forget = async () => undefined;
    const find = async ({ hash }: { hash: string }) => remembered.get(hash) ?? null;
    const baseline = timed({ find: async () => null, keep, forget });
    await baseline();
    const subject = timed({ find, keep, forget });
    return ratio(await interleave({ samples, subject, baseline }));
  },
};

async function place(github: DevGitHub) {
  github.createUser({ login: OWNER, type: "Organization" });
  const requester = github.createUser({ login: AUTHOR });
  const names = { owner: OWNER, name: "bench", author: AUTHOR, branches: [BRANCH] };
  const { repository, numbers } = await benchRepository(github, names);
  repository.setPermission(AUTHOR, "write");
  const sha = (await repository.branches())[BRANCH] ?? "";
  const [number = 0] = numbers;
  const wanted = { repository, requester, number, branch: BRANCH, sha, command: "true" };
  const made = benchJob(wanted);
  const job: Job = { ...made, settings: { ...made.settings, setup: [SETUP] } };
  const token = github.createActionsToken(repository.fullName, {
    permissions: { contents: "write", issues: "write", pull_requests: "write" },
  });
  const port = octokitGitHub({
    octokit: new Octokit({ baseUrl: github.apiUrl, auth: token }),
    repository: job.request.repository,
    identity: async () => ({
      login: "github-actions[bot]",
      id: 41_898_282,
      email: "bot@example.com",
    }),
    readToken: async () => token,
    writeToken: async () => token,
  });
  return { job, port };
}
