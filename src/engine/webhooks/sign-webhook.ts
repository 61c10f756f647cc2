import { createHmac } from "node:crypto";

/** What is signed: the id, the time and the body, so that none of them can be exchanged. */
export interface SignedParts {
  id: string;
  /** Unix seconds. */
  timestamp: number;
  body: string;
}

/**
 * The signature of one try as Standard Webhooks 1.0 has it: `v1,` and the base64 of HMAC-SHA256 over
 * `<id>.<timestamp>.<body>`.
 * @param secret `whsec_` and the key in base64
 */
export function signWebhook(secret: string, { id, timestamp, body }: SignedParts): string {
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const digest = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  return `v1,${digest}`;
}
