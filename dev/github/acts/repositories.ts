import { join } from "node:path";
import { GitRepository } from "../git/git-repository.ts";
import type { RepositoryRecord, UserRecord } from "../store/records.ts";
import type { World } from "../world.ts";

/** Makes an empty repository. */
export async function addRepository(
  world: World,
  owner: UserRecord,
  name: string,
  about: Pick<RepositoryRecord, "private" | "defaultBranch" | "parent">,
): Promise<RepositoryRecord> {
  const { store, clock, folder, processes } = world;
  const fullName = `${owner.login}/${name}`;
  if (!/^[\w.-]+\/[\w.-]+$/.test(fullName)) throw new Error(`${fullName} is no repository name`);
  if (store.repository(fullName)) throw new Error(`There is a repository ${fullName} already`);
  const bare = join(folder, owner.login, `${name}.git`);
  const repository: RepositoryRecord = {
    ...about,
    id: store.nextId("repository"),
    owner,
    name,
    fullName,
    git: await GitRepository.create(bare, about.defaultBranch, processes),
    roles: new Map(),
    actionsMayOpenPulls: true,
    issues: new Map(),
    labels: new Map(),
    checkRuns: new Map(),
    statuses: [],
    nextNumber: 1,
    createdAt: clock.now(),
    pushedAt: clock.now(),
  };
  store.repositories.set(fullName.toLowerCase(), repository);
  return repository;
}

/** Copies a repository with all its branches. */
export async function forkRepository(
  world: World,
  parent: RepositoryRecord,
  owner: UserRecord,
): Promise<RepositoryRecord> {
  const { name, defaultBranch } = parent;
  const about = { private: parent.private, defaultBranch, parent };
  const fork = await addRepository(world, owner, name, about);
  await fork.git.git(["fetch", "--quiet", parent.git.folder, "+refs/heads/*:refs/heads/*"]);
  fork.git.forgetRefs();
  return fork;
}
