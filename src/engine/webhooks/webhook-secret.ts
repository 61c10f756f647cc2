import { createHmac } from "node:crypto";

/** Names what the derived key is for, so that it is of no use for anything else. */
const PURPOSE = "box-action webhook signature v1";

/**
 * The key that webhooks are signed with, in the form of Standard Webhooks: `whsec_` and base64.
 * Without one of the operator's it comes from the API key, so that whoever may use the engine can
 * verify what it sends, and nobody learns the API key from it.
 */
export function webhookSecret(given: string | undefined, apiKey: string): string {
  if (given === undefined) {
    return `whsec_${createHmac("sha256", apiKey).update(PURPOSE).digest("base64")}`;
  }
  return given.startsWith("whsec_") ? given : `whsec_${Buffer.from(given).toString("base64")}`;
}
