import type { Probot, ProbotOctokit } from "probot";
import type { GitHub, Identity } from "../core/github.ts";
import { octokitGitHub } from "../core/octokit-github.ts";
import type { RepositoryRef } from "../core/request.ts";

/**
 * The App's own bot account, looked up once: strangers own the addresses that look like it. The App
 * itself may read only `/app`; accounts are read as an installation.
 */
export function appIdentity(
  probot: Probot,
  apiUrl: string,
): (installationId: number) => Promise<Identity> {
  let known: Promise<Identity> | undefined;
  return (installationId) => {
    known ??= lookUp(probot, apiUrl, installationId).catch((error) => {
      // A failure is not remembered: the next job asks again.
      known = undefined;
      throw error;
    });
    return known;
  };
}

async function lookUp(probot: Probot, apiUrl: string, installationId: number): Promise<Identity> {
  const [app, installation] = await Promise.all([probot.auth(), probot.auth(installationId)]);
  const { data } = await app.rest.apps.getAuthenticated();
  const login = `${data?.slug}[bot]`;
  const { data: user } = await installation.rest.users.getByUsername({ username: login });
  const { hostname } = new URL(apiUrl);
  const host = hostname === "api.github.com" ? "github.com" : hostname;
  return { login, id: user.id, email: `${user.id}+${login}@users.noreply.${host}` };
}

/** The GitHub port for one repository of an installation, with tokens for that repository alone. */
export async function installationGitHub(options: {
  probot: Probot;
  installationId: number;
  repository: RepositoryRef;
  identity: ReturnType<typeof appIdentity>;
}): Promise<GitHub> {
  const { probot, installationId, repository, identity } = options;
  const octokit = await probot.auth(installationId);
  const app = await probot.auth();
  return octokitGitHub({
    octokit,
    repository,
    identity: () => identity(installationId),
    readToken: () => mint(app, installationId, repository, "read"),
    writeToken: () => mint(app, installationId, repository, "write"),
  });
}

/**
 * Never with the right to change workflows: what a box wrote must not get at the repository's secrets
 * by way of a workflow that runs on push.
 */
async function mint(
  app: ProbotOctokit,
  installationId: number,
  repository: RepositoryRef,
  contents: "read" | "write",
): Promise<string> {
  const { data } = await app.rest.apps.createInstallationAccessToken({
    installation_id: installationId,
    repositories: [repository.name],
    permissions: { contents },
  });
  return data.token;
}
