import { validateHeaderName, validateHeaderValue } from "node:http";
import { EngineError } from "../engine-error.ts";

/** They frame the request or are for the next hop; a client's own would break or smuggle it. */
const NOT_SETTABLE = [
  "connection",
  "content-encoding",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/** What says who sent this and whether it is whole; see `deliverWebhook`. */
const OURS = /^(webhook-|x-box-|proxy-)/;

/** node:http refuses 16 KiB in all, on both sides; ours and the request line go in too. */
const LIMIT_BYTES = 8 * 1024;

/**
 * Refuses headers that a delivery cannot carry.
 * @param field what they are called in the request
 * @throws EngineError 400 naming the header, never its value
 */
export function requireWebhookHeaders(headers: Record<string, string>, field: string): void {
  let bytes = 0;
  for (const [name, value] of Object.entries(headers)) {
    bytes += name.length + value.length;
    const lower = name.toLowerCase();
    if (NOT_SETTABLE.includes(lower) || OURS.test(lower)) {
      refuse(`${field}: ${name} is set by the delivery itself; remove it.`);
    }
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch {
      refuse(
        `${field}: ${JSON.stringify(name.slice(0, 100))} is no HTTP header; remove line breaks and characters that a header cannot hold.`,
      );
    }
  }
  if (bytes > LIMIT_BYTES) refuse(`${field}: more than ${LIMIT_BYTES} bytes; send fewer.`);
}

function refuse(message: string): never {
  throw new EngineError(400, "invalid_request", message);
}
