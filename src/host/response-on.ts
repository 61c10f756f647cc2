import { type IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";

/** For an answer on a connection that asked for another protocol, and is no longer the server's. */
export function responseOn(request: IncomingMessage, socket: Duplex): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket as Socket);
  // A client that goes away in the middle is nobody's failure.
  socket.on("error", () => undefined);
  // A peer may never close its half.
  response.once("finish", () => socket.end(() => socket.destroy()));
  return response;
}
