import { type CreateBoxRequest, LABEL_PATTERN } from "../box/wire.ts";
import type { Driver } from "./driver/driver.ts";
import { EngineError } from "./engine-error.ts";
import { requireSettable } from "./environment.ts";

/** Words that stand in routes beside `/{id}`; a box of that name could not be reached. */
const RESERVED_NAMES = ["settings", "snapshots", "from-snapshot"];

const KNOWN_AGENTS = ["claude-code", "codex", "opencode", "cursor", "custom"];

/**
 * Refuses a create that this engine cannot honour, before anything is made.
 * @throws EngineError 400 for wrong values, 501 for what is not offered here
 */
export function requireCreatable(request: CreateBoxRequest, driver: Driver): void {
  for (const label of request.labels ?? []) {
    // The text is the service's own; clients compare it.
    if (!LABEL_PATTERN.test(label)) refuse(`labels: label "${label}" contains invalid characters`);
  }
  if (request.name !== undefined) {
    if (RESERVED_NAMES.includes(request.name)) {
      refuse(`name: "${request.name}" is reserved; choose another name.`);
    }
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(request.name)) {
      refuse(
        `name: ${JSON.stringify(request.name)} must consist of letters, digits, ".", "_" and "-".`,
      );
    }
  }
  if (request.agent === "custom" && request.custom_runner === undefined) {
    refuse("custom_runner: an agent of kind custom needs the program to run: {command, args}.");
  }
  if (request.agent !== undefined && !KNOWN_AGENTS.includes(request.agent)) {
    refuse(`agent: "${request.agent}" is unknown; use one of ${KNOWN_AGENTS.join(", ")}.`);
  }
  requireSettable(request.env_vars ?? {});
  const mode = request.network_policy?.mode;
  if (mode !== undefined && (mode === "custom" || !driver.enforces.network.includes(mode))) {
    notOffered(
      `network_policy: ${mode} cannot be enforced by the ${driver.name} driver`,
      `use ${driver.enforces.network.join(" or ")}, or leave it out`,
    );
  }
  if (request.size !== undefined && request.size !== "small" && !driver.enforces.limits) {
    notOffered(
      `size: ${request.size} cannot be enforced by the ${driver.name} driver`,
      "leave it out",
    );
  }
  if (request.init_command !== undefined) {
    notOffered("init_command is not supported by this engine", "run it with exec after create");
  }
  if (request.agent === "custom" && request.agent_api_key !== undefined) {
    notOffered("agent_api_key is given to no custom agent", "pass what it needs in env_vars");
  }
  if (Object.keys(request.attach_headers ?? {}).length > 0) {
    notOffered("attach_headers is not supported by this engine", "leave it out");
  }
  if ((request.skills?.length ?? 0) > 0) {
    notOffered("skills are not supported by this engine", "leave them out");
  }
  if ((request.mcp_servers?.length ?? 0) > 0) {
    notOffered("mcp_servers are not supported by this engine", "leave them out");
  }
  if (request.ephemeral || request.ttl !== undefined) {
    notOffered("ephemeral boxes are not supported by this engine", "create a box and delete it");
  }
}

function refuse(message: string): never {
  throw new EngineError(400, "invalid_request", message);
}

function notOffered(what: string, remedy: string): never {
  throw new EngineError(501, "not_supported", `${what}; ${remedy}, or use Upstash Box.`);
}
