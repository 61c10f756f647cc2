import type { ServerResponse } from "node:http";
import { asEngineError } from "../as-engine-error.ts";

/**
 * Says in words that people read why a request did not get through to the box. An answer that has begun
 * is cut off instead, so that nobody takes it for whole.
 *
 * @param challenges what to ask the client for
 */
export function refuseRequest(
  response: ServerResponse,
  thrown: unknown,
  challenges: readonly string[] = [],
): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const { status, message } = asEngineError(thrown);
  if (challenges.length > 0) response.setHeader("WWW-Authenticate", challenges);
  const body = `${message}\n`;
  response
    .writeHead(status, {
      "content-length": Buffer.byteLength(body),
      "content-type": "text/plain; charset=utf-8",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    })
    .end(body);
}
