import { installationJson } from "../json/app.ts";
import { listedRepositoryJson } from "../json/repository.ts";
import { userJson } from "../json/user.ts";
import type {
  AppRecord,
  InstallationRecord,
  Permissions,
  RepositoryRecord,
  UserRecord,
} from "../store/records.ts";
import type { World } from "../world.ts";

/** Installs an App and tells it so, as GitHub does whatever it subscribed to. */
export function install(
  world: World,
  app: AppRecord,
  account: UserRecord,
  repositories: RepositoryRecord[] | undefined,
  permissions: Permissions = app.permissions,
): InstallationRecord {
  const { store, webhooks, clock } = world;
  const installation: InstallationRecord = {
    id: store.nextId("installation"),
    app,
    account,
    repositoryIds: repositories ? new Set(repositories.map((one) => one.id)) : null,
    permissions,
    events: app.events,
    createdAt: clock.now(),
  };
  store.installations.set(installation.id, installation);
  if (app.webhookUrl) {
    void webhooks.sendTo(installation, "installation", {
      action: "created",
      installation: installationJson(world, installation),
      repositories: store.repositoriesOf(installation).map(listedRepositoryJson),
      requester: null,
      sender: userJson(world, account),
    });
  }
  return installation;
}
