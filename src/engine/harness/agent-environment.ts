import type { EngineBox } from "../engine-box.ts";
import { commandEnvironment } from "../environment.ts";

/** The gateway is not to be looked for behind a proxy that the box's owner has set. */
export function agentEnvironment(box: EngineBox, hasGateway: boolean): Record<string, string> {
  const env = commandEnvironment(box);
  if (!hasGateway) return env;
  const hosts = [env.NO_PROXY ?? env.no_proxy, "127.0.0.1", "localhost"].filter(Boolean).join(",");
  return { ...env, NO_PROXY: hosts, no_proxy: hosts };
}
