import { repositoryJson } from "../json/repository.ts";
import { type Json, userJson } from "../json/user.ts";
import type { AppRecord, IssueRecord, RepositoryRecord } from "../store/records.ts";
import type { Actor, World } from "../world.ts";
import type { Delivery } from "./webhooks.ts";

// What the workflow's own token does must not start workflows; see "Triggering a workflow from a
// workflow" in GitHub's documentation.
const QUIET_EVENTS = new Set(["push", "pull_request"]);

/** Sends an event with what all events carry: repository, organization and sender. */
export function announce(
  world: World,
  repository: RepositoryRecord,
  actor: Actor,
  event: string,
  payload: Record<string, unknown>,
  onlyTo?: AppRecord,
): Promise<Delivery[]> {
  if (actor.quiet && QUIET_EVENTS.has(event)) return Promise.resolve([]);
  if (!world.webhooks.wanted(repository, event)) return Promise.resolve([]);
  const full = {
    ...payload,
    repository:
      event === "push"
        ? pushedRepositoryJson(world, repository)
        : repositoryJson(world, repository),
    ...(repository.owner.type === "Organization" && {
      organization: {
        login: repository.owner.login,
        id: repository.owner.id,
        url: `${world.apiUrl}/orgs/${repository.owner.login}`,
      },
    }),
    sender: userJson(world, actor.user),
  };
  return Promise.all(world.webhooks.send(repository, event, full, onlyTo));
}

/** A `push` names the repository's owner in the words of git. */
function pushedRepositoryJson(world: World, repository: RepositoryRecord): Json {
  const json = repositoryJson(world, repository);
  const owner = { ...(json.owner as Json), name: repository.owner.login, email: null };
  return { ...json, owner };
}

/** Tells the web view that a page shows something else now. */
export function changed(world: World, repository: RepositoryRecord, issue: IssueRecord | null) {
  world.events.emit("changed", { repository: repository.fullName, number: issue?.number ?? null });
}
