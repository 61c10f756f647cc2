import { issueToken } from "../auth.ts";
import { appJson, installationJson } from "../json/app.ts";
import { repositoryJson } from "../json/repository.ts";
import type { InstallationRecord, Permissions, RepositoryRecord } from "../store/records.ts";
import { isoTime } from "../world.ts";
import { forbidden, notFound, unprocessable } from "./errors.ts";
import { paged } from "./page.ts";
import { type Call, created, noContent, ok, type Route, route } from "./route.ts";

export const appRoutes: Route[] = [
  route("GET /app", "app", (call) => {
    const app = appOf(call);
    const count = installationsOf(call).length;
    return ok({ ...appJson(call.world, app), installations_count: count });
  }),
  route("GET /app/installations", "app", (call) => {
    const { items, headers } = paged(call, installationsOf(call));
    return ok(
      items.map((one) => installationJson(call.world, one)),
      headers,
    );
  }),
  route("GET /app/installations/{installation_id}", "app", (call) =>
    ok(installationJson(call.world, installationOf(call))),
  ),
  route("POST /app/installations/{installation_id}/access_tokens", "app", createToken),
  route("GET /repos/{owner}/{repo}/installation", "app", (call) => {
    const { owner, repo } = call.params;
    const repository = call.world.store.repository(`${owner}/${repo}`);
    const installation = installationsOf(call).find(
      (one) => repository && call.world.store.covers(one, repository),
    );
    if (!installation) throw notFound();
    return ok(installationJson(call.world, installation));
  }),
  route("GET /installation/repositories", "token", (call) => {
    if (call.caller.kind !== "token" || !call.caller.token.installation) {
      throw forbidden(
        "You must authenticate with an installation access token in order to list repositories for an installation.",
      );
    }
    const { installation, repositoryIds } = call.caller.token;
    const all = call.world.store
      .repositoriesOf(installation)
      .filter((one) => repositoryIds === null || repositoryIds.has(one.id));
    const { items, headers } = paged(call, all);
    return ok(
      {
        total_count: all.length,
        repository_selection: installation.repositoryIds === null ? "all" : "selected",
        repositories: items.map((one) => repositoryJson(call.world, one)),
      },
      headers,
    );
  }),
  route("DELETE /installation/token", "token", (call) => {
    if (call.caller.kind === "token") call.world.store.tokens.delete(call.caller.token.token);
    return noContent();
  }),
];

function createToken(call: Call) {
  const { world } = call;
  const installation = installationOf(call);
  const repositories = narrowedRepositories(call, installation);
  const permissions = narrowedPermissions(call, installation);
  const token = issueToken(world, {
    kind: "installation",
    user: installation.app.bot,
    installation,
    permissions,
    ...(repositories && { repositories }),
  });
  return created({
    token: token.token,
    expires_at: isoTime(token.expiresAt ?? 0),
    permissions: { metadata: "read", ...permissions },
    repository_selection: repositories || installation.repositoryIds ? "selected" : "all",
    ...(repositories && { repositories: repositories.map((one) => repositoryJson(world, one)) }),
  });
}

function narrowedRepositories(
  call: Call,
  installation: InstallationRecord,
): RepositoryRecord[] | undefined {
  const names = call.texts("repositories");
  const ids = call.texts("repository_ids");
  if (!names && !ids) return undefined;
  const { store } = call.world;
  const account = installation.account.login;
  const found = [
    ...(names ?? []).map((name) => store.repository(`${account}/${name}`)),
    ...(ids ?? []).map((id) => store.repositoryById(Number(id))),
  ];
  return found.map((repository) => {
    if (repository && store.covers(installation, repository)) return repository;
    throw unprocessable(
      "There is at least one repository that does not exist or is not accessible to the parent installation.",
    );
  });
}

function narrowedPermissions(call: Call, installation: InstallationRecord): Permissions {
  const asked = call.body.permissions as Permissions | undefined;
  if (!asked) return installation.permissions;
  const levels = ["read", "write", "admin"];
  const granted: Permissions = { metadata: "read", ...installation.permissions };
  for (const [name, level] of Object.entries(asked)) {
    const most = granted[name];
    if (!most || levels.indexOf(level) > levels.indexOf(most)) {
      throw unprocessable("The permissions requested are not granted to this installation.");
    }
  }
  return asked;
}

function appOf(call: Call) {
  if (call.caller.kind !== "app") throw notFound();
  return call.caller.app;
}

function installationsOf(call: Call): InstallationRecord[] {
  const app = appOf(call);
  return [...call.world.store.installations.values()].filter((one) => one.app === app);
}

function installationOf(call: Call): InstallationRecord {
  const id = Number(call.params.installation_id);
  const found = installationsOf(call).find((one) => one.id === id);
  if (!found) throw notFound();
  return found;
}
