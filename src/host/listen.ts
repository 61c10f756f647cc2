import { once } from "node:events";
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { createAdaptorServer } from "@hono/node-server";
import { responseOn } from "./response-on.ts";

/** A `fetch` function that is reachable at a URL. */
export interface Listener {
  url: string;
  /** Takes no new connections, lets answers on their way out finish, then cuts what is left. */
  close(): Promise<void>;
}

/** Takes over the connection of a request that asks for another protocol, such as a WebSocket. */
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** Answers a request by node:http's own means; false: it is none of its own, and `fetch` is asked. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => boolean;

/** For answers that are on their way out. */
const CLOSE_GRACE_MS = 500;

/**
 * Binds a port for a `fetch` function.
 * @param where port 0 is any
 * @param handlers for what `fetch` cannot do; without `upgrade`, requests for another protocol are
 * answered like any other
 * @throws Error that names the address when it is taken
 */
export async function listen(
  fetch: (request: Request) => Response | Promise<Response>,
  where: { port: number; host: string },
  { request, upgrade }: { request?: RequestHandler; upgrade?: UpgradeHandler } = {},
): Promise<Listener> {
  const server = createAdaptorServer({
    fetch,
    createServer: ((options: ServerOptions, answer: RequestListener) =>
      createServer(options, (incoming, outgoing) => {
        if (!request?.(incoming, outgoing)) answer(incoming, outgoing);
      })) as typeof createServer,
  }) as Server;
  // A large upload over a slow line takes more than node:http's five minutes. What protects from callers
  // that never come to the point stays: the limit on the time that headers may take.
  server.requestTimeout = 0;
  if (upgrade !== undefined) {
    server.on("upgrade", (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
      // HTTP/2 is offered by clients that do as well without (RFC 9110, 7.8).
      if (isWebSocket(incoming) || hasBody(incoming)) upgrade(incoming, socket, head);
      else server.emit("request", incoming, responseOn(incoming, socket));
    });
  }
  server.listen(where.port, where.host);
  try {
    await once(server, "listening");
  } catch (cause) {
    throw new Error(
      `Cannot listen on ${where.host}:${where.port} (${(cause as NodeJS.ErrnoException).code}); choose another port.`,
      { cause },
    );
  }
  const { address, port, family } = server.address() as AddressInfo;
  return {
    url: `http://${family === "IPv6" ? `[${address}]` : address}:${port}`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
      await closed;
      clearTimeout(timer);
    },
  };
}

function isWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === "websocket";
}

/** Node reads no body of a request that asks for another protocol. */
function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}
