import type { NetworkPolicy } from "../box/wire.ts";
import type { Driver, NetworkMode } from "./driver/driver.ts";
import { EngineError } from "./engine-error.ts";

/**
 * What the driver is to enforce for a policy.
 * @throws EngineError 501 when it cannot
 */
export function requireEnforceable({ mode }: NetworkPolicy, driver: Driver): NetworkMode {
  const offered = driver.enforces.network;
  if (mode !== "custom" && offered.includes(mode)) return mode;
  throw new EngineError(
    501,
    "not_supported",
    `network_policy: ${mode} cannot be enforced by the ${driver.name} driver; ` +
      `use ${offered.join(" or ")}, or leave it out, or use Upstash Box.`,
  );
}
