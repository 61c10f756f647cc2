import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { UpgradeHandler } from "../host/listen.ts";
import { asEngineError } from "./as-engine-error.ts";
import { EngineError } from "./engine-error.ts";

/**
 * Takes over the connections that ask for another protocol. A route answers whether the request is
 * its own; what it throws, and a request that is nobody's, is told as an HTTP answer.
 *
 * @param onError told of failures that are the engine's own
 */
export function upgradeHandler(
  routes: ReadonlyArray<(...call: Parameters<UpgradeHandler>) => Promise<boolean>>,
  onError: (error: unknown) => void,
): UpgradeHandler {
  return (request, socket, head) => {
    // A client that goes away in the middle is nobody's failure.
    const ignore = () => undefined;
    socket.on("error", ignore);
    void (async () => {
      try {
        for (const route of routes) if (await route(request, socket, head)) return;
        throw new EngineError(404, "not_found", `There is no WebSocket at ${request.url}.`);
      } catch (thrown) {
        const error = asEngineError(thrown);
        if (error.status === 500 || error.status === 503) onError(thrown);
        refuse(socket, error);
      }
    })();
  };
}

function refuse(socket: Duplex, { status, code, message }: EngineError): void {
  const body = JSON.stringify({ error: message, code });
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Refused"}`,
      "content-type: application/json",
      `content-length: ${Buffer.byteLength(body)}`,
      "connection: close",
      "",
      body,
    ].join("\r\n"),
    // Such a socket is no longer the server's to close, and a peer may never close its half.
    () => socket.destroy(),
  );
}
