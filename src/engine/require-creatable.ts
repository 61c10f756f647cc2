import { type CreateBoxRequest, LABEL_PATTERN } from "../box/wire.ts";
import { AGENTS } from "./agents.ts";
import type { Driver } from "./driver/driver.ts";
import { EngineError } from "./engine-error.ts";
import { requireSettable } from "./environment.ts";
import { requireEnforceable } from "./network-policy.ts";
import type { newRecord } from "./new-record.ts";
import { runtimeName } from "./runtimes.ts";

type NewRecord = ReturnType<typeof newRecord>;

/** Words that stand in routes beside `/{id}`; a box of that name could not be reached. */
const RESERVED_NAMES = ["settings", "snapshots", "from-snapshot"];

/**
 * Refuses a create that this engine cannot honour, before anything is made.
 * @param record what the request makes, with what its snapshot holds
 * @throws EngineError 400 for wrong values, 501 for what is not offered here
 */
export function requireCreatable(
  request: CreateBoxRequest,
  record: NewRecord,
  driver: Driver,
): void {
  for (const label of record.labels ?? []) requireLabel(label);
  if (record.name !== undefined) requireName(record.name);
  requireAgent(request, record);
  requireSettable(record.env_vars);
  if (record.network_policy !== undefined) requireEnforceable(record.network_policy, driver);
  if (record.runtime !== undefined) runtimeName(record.runtime);
  if (record.init_command !== undefined && !record.keep_alive) {
    refuse("init_command: only a keep-alive box has one; send keep_alive: true, or use exec.");
  }
  if (request.ttl !== undefined && !request.ephemeral) {
    refuse("ttl: only an ephemeral box has one; send ephemeral: true, or leave it out.");
  }
  if (Object.keys(request.attach_headers ?? {}).length > 0) {
    notOffered("attach_headers is not supported by this engine", "leave it out");
  }
}

/** @throws EngineError 400 with the service's own text, which clients compare */
export function requireLabel(label: string): void {
  if (!LABEL_PATTERN.test(label)) refuse(`labels: label "${label}" contains invalid characters`);
}

function requireName(name: string): void {
  if (RESERVED_NAMES.includes(name)) {
    refuse(`name: "${name}" is reserved; choose another name.`);
  }
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) {
    refuse(`name: ${JSON.stringify(name)} must consist of letters, digits, ".", "_" and "-".`);
  }
}

function requireAgent(request: CreateBoxRequest, record: NewRecord): void {
  if (record.agent === undefined) return;
  if (!AGENTS.includes(record.agent)) {
    refuse(`agent: "${record.agent}" is unknown; use one of ${AGENTS.join(", ")}.`);
  }
  if (record.model === undefined) {
    refuse(`model: an agent needs one; send the model that ${record.agent} is to use.`);
  }
  if (record.agent !== "custom") return;
  if (record.custom_runner === undefined) {
    refuse("custom_runner: an agent of kind custom needs the program to run: {command, args}.");
  }
  if (request.agent_api_key !== undefined) {
    notOffered("agent_api_key is given to no custom agent", "pass what it needs in env_vars");
  }
}

function refuse(message: string): never {
  throw new EngineError(400, "invalid_request", message);
}

function notOffered(what: string, remedy: string): never {
  throw new EngineError(501, "not_supported", `${what}; ${remedy}, or use Upstash Box.`);
}
