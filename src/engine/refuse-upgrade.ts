import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { REQUEST_ID_HEADER } from "../box/wire.ts";
import type { EngineError } from "./engine-error.ts";
import { errorBody } from "./error-body.ts";
import { requestIdOf } from "./request-id.ts";

/** Answers a request for another protocol with an error, as HTTP, and ends the connection. */
export function refuseUpgrade(request: IncomingMessage, socket: Duplex, error: EngineError): void {
  const requestId = requestIdOf(request.headers[REQUEST_ID_HEADER]?.toString());
  const body = JSON.stringify(errorBody(error, requestId));
  socket.end(
    [
      `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? "Refused"}`,
      "content-type: application/json",
      `content-length: ${Buffer.byteLength(body)}`,
      `${REQUEST_ID_HEADER}: ${requestId}`,
      "connection: close",
      "",
      body,
    ].join("\r\n"),
    // Such a socket is no longer the server's to close, and a peer may never close its half.
    () => socket.destroy(),
  );
}
