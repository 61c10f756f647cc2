import { isSameSecret } from "../host/is-same-secret.ts";
import { EngineError } from "./engine-error.ts";

/**
 * Makes the check of what a client sends as its API key.
 * @returns throws EngineError 401 for a key that is missing or wrong
 */
export function apiKeyCheck(apiKey: string): (offered: string | undefined) => void {
  return (offered) => {
    if (isSameSecret(offered ?? "", apiKey)) return;
    throw new EngineError(
      401,
      "unauthorized",
      "The API key is missing or wrong; send it as X-Box-Api-Key.",
    );
  };
}
