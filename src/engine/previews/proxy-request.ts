import type { IncomingMessage, ServerResponse } from "node:http";
import { answerOf, askBox, type Target } from "./ask-box.ts";
import { type Arrival, requestHeaders } from "./forward-headers.ts";
import { relayAnswer } from "./relay-answer.ts";

/**
 * Passes one request on to a port of a box and its answer back, both as they come.
 * @throws EngineError 502, 504
 */
export async function proxyRequest(
  request: IncomingMessage,
  response: ServerResponse,
  arrival: Arrival,
  target: Target,
): Promise<void> {
  const hasBody =
    request.headers["transfer-encoding"] !== undefined ||
    Number(request.headers["content-length"] ?? 0) > 0;
  const headers = requestHeaders(request, arrival);
  if (request.headers["transfer-encoding"] !== undefined) {
    headers.push(["Transfer-Encoding", "chunked"]);
  } else if (request.headers["content-length"] === undefined && !isBodyless(request.method)) {
    // Else node:http would announce a body in pieces.
    headers.push(["Content-Length", "0"]);
  }
  const asked = await askBox({ ...target, request, headers });
  const answered = answerOf(asked);
  // Not pipeline(): it would cut the client off when the program answers without reading all.
  if (hasBody) request.pipe(asked);
  else asked.end();
  try {
    // To a protocol that nobody has asked for relayAnswer says no, since its status is 101.
    await relayAnswer((await answered).answer, response);
  } finally {
    // What the program did not want to hear is in the way of the client's next request.
    request.unpipe(asked);
    request.resume();
  }
}

function isBodyless(method = "GET"): boolean {
  return ["GET", "HEAD", "OPTIONS", "DELETE", "TRACE"].includes(method);
}
