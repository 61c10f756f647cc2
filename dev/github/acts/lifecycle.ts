import { installationJson } from "../json/app.ts";
import { listedRepositoryJson } from "../json/repository.ts";
import { userJson } from "../json/user.ts";
import type { InstallationRecord, RepositoryRecord, UserRecord } from "../store/records.ts";
import { announce } from "../webhooks/announce.ts";
import type { Delivery } from "../webhooks/webhooks.ts";
import type { Actor, World } from "../world.ts";

/** Takes an App off an account: its tokens are good for nothing from now on. */
export async function uninstall(
  world: World,
  installation: InstallationRecord,
): Promise<Delivery[]> {
  const { store, webhooks } = world;
  const repositories = store.repositoriesOf(installation).map(listedRepositoryJson);
  for (const [text, token] of store.tokens) {
    if (token.installation === installation) store.tokens.delete(text);
  }
  store.installations.delete(installation.id);
  return [
    await webhooks.sendTo(installation, "installation", {
      action: "deleted",
      installation: installationJson(world, installation),
      repositories,
      sender: userJson(world, installation.account),
    }),
  ];
}

/** Takes one repository out of an installation. */
export async function removeFromInstallation(
  world: World,
  installation: InstallationRecord,
  repository: RepositoryRecord,
): Promise<Delivery[]> {
  const all = world.store.repositoriesOf(installation);
  installation.repositoryIds = new Set(all.filter((one) => one !== repository).map(({ id }) => id));
  return [
    await world.webhooks.sendTo(installation, "installation_repositories", {
      action: "removed",
      installation: installationJson(world, installation),
      repository_selection: "selected",
      repositories_added: [],
      repositories_removed: [listedRepositoryJson(repository)],
      requester: null,
      sender: userJson(world, installation.account),
    }),
  ];
}

/** Gives a repository another name. Nothing leads from the old one to it here. */
export function rename(
  world: World,
  repository: RepositoryRecord,
  actor: Actor,
  name: string,
): Promise<Delivery[]> {
  const from = repository.name;
  move(world, repository, repository.owner, name);
  return announce(world, repository, actor, "repository", {
    action: "renamed",
    changes: { repository: { name: { from } } },
  });
}

function move(
  { store }: World,
  repository: RepositoryRecord,
  owner: UserRecord,
  name: string,
): void {
  store.repositories.delete(repository.fullName.toLowerCase());
  repository.owner = owner;
  repository.name = name;
  repository.fullName = `${owner.login}/${name}`;
  store.repositories.set(repository.fullName.toLowerCase(), repository);
}
