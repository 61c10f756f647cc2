import { BoxError } from "./box-error.ts";
import type { CreateBody } from "./make-box.ts";
import { policyToWire } from "./network-policy.ts";
import type {
  AgentOptions,
  CreateBoxOptions,
  CreateEphemeralBoxOptions,
  McpServerOptions,
} from "./options.ts";
import type { McpServer } from "./wire.ts";

/**
 * The options of `Box.create` as the service takes them.
 *
 * @throws BoxError `invalid_argument`
 */
export function createBody(options: CreateBoxOptions): CreateBody {
  const { networkPolicy, git } = options;
  return {
    name: options.name,
    labels: options.labels,
    size: options.size,
    keep_alive: options.keepAlive || undefined,
    init_command: options.initCommand,
    ...(options.agent && agentBody(options.agent)),
    runtime: options.runtime,
    github_token: git?.token,
    git_user_name: git?.userName,
    git_user_email: git?.userEmail,
    env_vars: options.env,
    attach_headers: options.attachHeaders,
    network_policy: networkPolicy && policyToWire(networkPolicy),
    skills: options.skills,
    mcp_servers: options.mcpServers?.map(mcpServerBody),
  };
}

/** The options of `EphemeralBox.create` as the service takes them: what is not among them is not sent. */
export function createEphemeralBody(options: CreateEphemeralBoxOptions): CreateBody {
  const { name, labels, size, runtime, env, attachHeaders, networkPolicy } = options;
  const common = { name, labels, size, runtime, env, attachHeaders, networkPolicy };
  return { ...createBody(common), ephemeral: true, ttl: options.ttl };
}

function agentBody(agent: AgentOptions): CreateBody {
  const names = agent as { harness?: string; provider?: string; runner?: string };
  const harness = names.harness ?? names.provider ?? names.runner;
  if (!harness) {
    throw new BoxError(
      "invalid_argument",
      "Expected the agent option to name its harness. Add harness: Agent.ClaudeCode, for example.",
    );
  }
  return {
    agent: harness,
    model: agent.model ?? (agent.customHarness ? "custom" : undefined),
    agent_api_key: agent.apiKey,
    custom_runner: agent.customHarness,
  };
}

function mcpServerBody(server: McpServerOptions): McpServer {
  if ("url" in server) {
    return {
      name: server.name,
      source: "url",
      package_or_url: server.url,
      headers: server.headers,
    };
  }
  return { name: server.name, source: "npm", package_or_url: server.package, args: server.args };
}
