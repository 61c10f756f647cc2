import type { AppRecord, InstallationRecord } from "../store/records.ts";
import { isoTime, type World } from "../world.ts";
import { type Json, nodeId, userJson } from "./user.ts";

export function appJson(world: World, app: AppRecord): Json {
  return {
    id: app.id,
    client_id: app.clientId,
    slug: app.slug,
    node_id: nodeId("App", app.id),
    owner: userJson(world, app.owner),
    name: app.name,
    description: null,
    external_url: `${world.url}/apps/${app.slug}`,
    html_url: `${world.url}/apps/${app.slug}`,
    created_at: isoTime(app.createdAt),
    updated_at: isoTime(app.createdAt),
    permissions: { metadata: "read", ...app.permissions },
    events: app.events,
  };
}

export function installationJson(world: World, installation: InstallationRecord): Json {
  const { app, account, id } = installation;
  const kind = account.type === "Organization" ? "Organization" : "User";
  return {
    id,
    client_id: app.clientId,
    account: userJson(world, account),
    repository_selection: installation.repositoryIds === null ? "all" : "selected",
    access_tokens_url: `${world.apiUrl}/app/installations/${id}/access_tokens`,
    repositories_url: `${world.apiUrl}/installation/repositories`,
    html_url: `${world.url}/settings/installations/${id}`,
    app_id: app.id,
    app_slug: app.slug,
    target_id: account.id,
    target_type: kind,
    permissions: { metadata: "read", ...installation.permissions },
    events: installation.events,
    created_at: isoTime(installation.createdAt),
    updated_at: isoTime(installation.createdAt),
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: null,
    suspended_at: null,
  };
}
