import { repositoryJson } from "../json/repository.ts";
import { nodeId, userJson } from "../json/user.ts";
import type { StatusRecord } from "../store/records.ts";
import { changed } from "../webhooks/announce.ts";
import { isoTime } from "../world.ts";
import { notFound, unprocessable } from "./errors.ts";
import { paged } from "./page.ts";
import { type Call, created, needs, ok, type Route, route } from "./route.ts";

const READ = needs("statuses:read");

export const statusRoutes: Route[] = [
  route("POST /repos/{owner}/{repo}/statuses/{sha}", needs("statuses:write"), async (call) => {
    const { world, repository, actor } = call;
    const sha = call.param("sha");
    const exists = /^[0-9a-f]{40}$/.test(sha) && (await repository.git.commitOf(sha));
    if (!exists) throw unprocessable(`No commit found for SHA: ${sha}`);
    const status: StatusRecord = {
      id: world.store.nextId("status"),
      sha,
      state: call.required("state", "Status") as StatusRecord["state"],
      context: call.text("context") ?? "default",
      description: call.text("description") ?? null,
      targetUrl: call.text("target_url") ?? null,
      creator: actor.user,
      createdAt: world.clock.now(),
    };
    repository.statuses.push(status);
    changed(world, repository, null);
    return created({ ...statusJson(call, status), creator: userJson(world, status.creator) });
  }),
  route("GET /repos/{owner}/{repo}/commits/{ref}/status", READ, async (call) => {
    const { world, repository } = call;
    const { sha, statuses } = await statusesAt(call);
    const latest = [...new Map([...statuses].reverse().map((one) => [one.context, one])).values()];
    const { items, headers } = paged(call, latest);
    const api = `${world.apiUrl}/repos/${repository.fullName}/commits/${sha}`;
    return ok(
      {
        state: combined(latest),
        statuses: items.map((one) => statusJson(call, one)),
        sha,
        total_count: latest.length,
        repository: repositoryJson(world, repository),
        commit_url: api,
        url: `${api}/status`,
      },
      headers,
    );
  }),
  route("GET /repos/{owner}/{repo}/commits/{ref}/statuses", READ, async (call) => {
    const { statuses } = await statusesAt(call);
    const { items, headers } = paged(call, statuses);
    return ok(
      items.map((one) => ({
        ...statusJson(call, one),
        creator: userJson(call.world, one.creator),
      })),
      headers,
    );
  }),
];

/** All statuses of a commit, newest first. */
async function statusesAt(call: Call): Promise<{ sha: string; statuses: StatusRecord[] }> {
  const sha = await call.repository.git.resolve(call.param("ref"));
  if (!sha) throw notFound();
  return { sha, statuses: call.repository.statuses.filter((one) => one.sha === sha).reverse() };
}

function combined(statuses: StatusRecord[]): string {
  const states = new Set(statuses.map((one) => one.state));
  if (states.has("failure") || states.has("error")) return "failure";
  return states.has("pending") || states.size === 0 ? "pending" : "success";
}

function statusJson(call: Call, status: StatusRecord) {
  const { world, repository } = call;
  return {
    url: `${world.apiUrl}/repos/${repository.fullName}/statuses/${status.sha}`,
    avatar_url: `${world.url}/avatars/${status.creator.id}`,
    id: status.id,
    node_id: nodeId("StatusContext", status.id),
    state: status.state,
    description: status.description,
    target_url: status.targetUrl,
    context: status.context,
    created_at: isoTime(status.createdAt),
    updated_at: isoTime(status.createdAt),
  };
}
