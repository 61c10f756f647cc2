import { createHash, timingSafeEqual } from "node:crypto";
import { EngineError } from "./engine-error.ts";

/**
 * Makes the check of what a client sends as its API key.
 * @returns throws EngineError 401 for a key that is missing or wrong
 */
export function apiKeyCheck(apiKey: string): (offered: string | undefined) => void {
  const expected = digest(apiKey);
  return (offered) => {
    // Digests have one length, whatever was sent, so that the comparison tells nothing.
    if (timingSafeEqual(digest(offered ?? ""), expected)) return;
    throw new EngineError(
      401,
      "unauthorized",
      "The API key is missing or wrong; send it as X-Box-Api-Key.",
    );
  };
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
