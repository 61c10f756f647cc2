import { ZERO_SHA } from "../git/git-repository.ts";
import { pushJson } from "../json/push.ts";
import { validationFailed } from "../rest/errors.ts";
import type { RepositoryRecord } from "../store/records.ts";
import { announce, changed } from "../webhooks/announce.ts";
import type { Actor, World } from "../world.ts";
import { synchronizePulls } from "./pulls.ts";

export interface RefChange {
  ref: string;
  before: string;
  after: string;
}

/** What follows when refs have moved: pull request heads, `push` and `synchronize`. */
export async function refsChanged(
  world: World,
  repository: RepositoryRecord,
  actor: Actor,
  changes: RefChange[],
): Promise<void> {
  for (const change of changes) {
    repository.pushedAt = world.clock.now();
    world.events.emit("push", { repository: repository.fullName, by: actor.user.login, ...change });
    if (world.webhooks.wanted(repository, "push") && !actor.quiet) {
      const told = pushJson(world, repository, actor, change).then((payload) =>
        announce(world, repository, actor, "push", payload),
      );
      void world.webhooks.track(told).catch(() => {});
    }
    if (change.ref.startsWith("refs/heads/")) {
      const branch = change.ref.slice("refs/heads/".length);
      await synchronizePulls(world, repository, branch, change.after, actor);
    }
  }
  if (changes.length > 0) changed(world, repository, null);
}

/** Which refs differ between two listings; `refs/pull` is GitHub's own and no push. */
export function differences(before: Map<string, string>, after: Map<string, string>): RefChange[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names]
    .filter((ref) => !ref.startsWith("refs/pull/") && before.get(ref) !== after.get(ref))
    .map((ref) => ({
      ref,
      before: before.get(ref) ?? ZERO_SHA,
      after: after.get(ref) ?? ZERO_SHA,
    }));
}

/** Sets one ref as the REST API does. */
export async function setRef(
  world: World,
  repository: RepositoryRecord,
  actor: Actor,
  ref: string,
  sha: string,
): Promise<void> {
  await repository.git.exclusively(async () => {
    const before = (await repository.git.refs()).get(ref) ?? ZERO_SHA;
    if (sha !== ZERO_SHA && !(await repository.git.commitOf(sha))) {
      throw validationFailed({ resource: "Reference", field: "sha", code: "invalid" });
    }
    await repository.git.updateRef(ref, sha);
    await refsChanged(world, repository, actor, [{ ref, before, after: sha }]);
  });
}
