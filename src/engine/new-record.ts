import { type CreateBoxRequest, MAX_TTL_SECONDS } from "../box/wire.ts";
import { inferAgent } from "./agents.ts";
import type { BoxOrigin, BoxRecord } from "./box-record.ts";
import type { Driver } from "./driver/driver.ts";
import { modelName } from "./gateway/model-name.ts";

/** What distinguishes a box from all others. */
export type Identity = Pick<BoxRecord, "id" | "slot">;

/** What a new box is like: what the request says, over what its snapshot holds, over the defaults. */
export function newRecord(
  request: CreateBoxRequest,
  origin: BoxOrigin | undefined,
  driver: Driver,
): Omit<BoxRecord, keyof Identity> {
  const now = Math.floor(Date.now() / 1000);
  const policy = request.network_policy ?? origin?.network_policy ?? defaultPolicy(driver);
  const isEphemeral = request.ephemeral === true;
  return {
    customer_id: "local",
    name: request.name,
    labels: request.labels,
    size: request.size ?? origin?.size ?? "small",
    keep_alive: request.keep_alive,
    init_command: request.init_command,
    ...agentOf(request, origin),
    enabled_skills: request.skills ?? origin?.enabled_skills,
    mcp_servers: request.mcp_servers ?? origin?.mcp_servers,
    runtime: request.runtime ?? origin?.runtime,
    hides_files: origin?.hides_files,
    clone_repo: origin?.clone_repo,
    repositories: origin?.repositories,
    github_token: request.github_token,
    env_vars: { ...origin?.env_vars, ...request.env_vars },
    network_policy: policy,
    network: policy.mode === "allow-all" ? "allow-all" : "deny-all",
    layers: origin?.layers ?? [],
    base: origin === undefined ? driver.base : origin.base,
    status: "creating",
    created_at: now,
    updated_at: now,
    last_activity_at: now,
    ...(isEphemeral ? { ephemeral: true, expires_at: now + (request.ttl ?? MAX_TTL_SECONDS) } : {}),
  };
}

/** What a request without a network policy gets: the way out, where the driver can give it. */
function defaultPolicy(driver: Driver): NonNullable<BoxRecord["network_policy"]> {
  return { mode: driver.enforces.network.includes("allow-all") ? "allow-all" : "deny-all" };
}

/** Undefined for a model that does not say whose it is; a run says what is wrong with it. */
function providerOf(model: string | undefined): string | undefined {
  try {
    return modelName(model ?? "").provider;
  } catch {
    return undefined;
  }
}

/** One agent's settings go together: another agent in the request takes nothing from the snapshot. */
function agentOf(request: CreateBoxRequest, origin: BoxOrigin | undefined) {
  const { model } = request;
  const agent = request.agent ?? origin?.agent ?? (model && inferAgent(model));
  const inherited = agent === origin?.agent ? origin : undefined;
  const agent_api_key = request.agent_api_key ?? inherited?.agent_api_key;
  const agent_key_provider =
    request.agent_api_key === undefined
      ? inherited?.agent_key_provider
      : providerOf(model ?? inherited?.model);
  return {
    agent,
    model: model ?? inherited?.model ?? (agent === "custom" ? "custom" : undefined),
    custom_runner: request.custom_runner ?? inherited?.custom_runner,
    agent_api_key,
    agent_key_provider,
    use_managed_key: agent_api_key === "UPSTASH_KEY" ? true : undefined,
  };
}
