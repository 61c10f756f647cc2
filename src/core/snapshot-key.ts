import { createHash } from "node:crypto";
import type { Box } from "../box/index.ts";
import type { Job } from "./job.ts";
import type { JobPorts } from "./ports.ts";

/** What a snapshot with `setup` done is good for. */
export interface SnapshotKey {
  /** `owner/name`, in lower case. */
  repository: string;
  /** Of all that decides what `setup` makes. */
  hash: string;
}

/** Where the snapshots of a box service are remembered. */
export interface SnapshotPort {
  find(key: SnapshotKey): Promise<string | null>;
  /** Takes one of a box that is set up; those of other keys of the repository are deleted. */
  keep(key: SnapshotKey, box: Box): Promise<void>;
  /** It is gone. */
  forget(snapshot: string): Promise<void>;
}

/** What says which packages a project has, in the ecosystems that have such a file. */
const LOCKFILES = [
  ...["package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock"],
  ...["poetry.lock", "uv.lock", "Pipfile.lock", "requirements.txt"],
  ...["go.sum", "Cargo.lock", "Gemfile.lock", "composer.lock", "mix.lock"],
];

/**
 * The key of the snapshot that a job may start from, and make where there is none. Null: there is nothing
 * to set up, or the code is a fork's, which must not leave anything to others (DESIGN §4.8).
 */
export async function snapshotKey(
  job: Job,
  { github, snapshots }: JobPorts,
): Promise<SnapshotKey | null> {
  const { settings, request, target } = job;
  const { setup, runtime = "", size = "", network = "" } = settings;
  if (snapshots === null || setup.length === 0 || target.fork !== null) return null;
  const { owner, name, defaultBranch } = request.repository;
  const own = await github.blobs(target.sha);
  const ofDefault =
    target.base === defaultBranch && target.pullRequest === null
      ? own
      : await github.blobs(defaultBranch);
  const lockfiles = LOCKFILES.map((path) => [path, ofDefault.get(path) ?? ""]);
  // A branch with other packages is set up for itself.
  if (lockfiles.some(([path = "", blob]) => (own.get(path) ?? "") !== blob)) return null;
  const decides = JSON.stringify([setup, runtime, size, network, settings.harness, lockfiles]);
  return {
    repository: `${owner}/${name}`.toLowerCase(),
    hash: createHash("sha256").update(decides).digest("hex").slice(0, 16),
  };
}
