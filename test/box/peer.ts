import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";

/** A request as it arrived. */
export interface SeenRequest {
  method: string;
  path: string;
  query: Record<string, string>;
  headers: IncomingMessage["headers"];
  /** The JSON body; undefined for none, and for a form. */
  body: unknown;
}

export type Handler = (request: SeenRequest, response: ServerResponse) => unknown;

/** A service that answers as a test scripts it, over real HTTP. */
export interface Peer extends AsyncDisposable {
  url: string;
  /** What `Box.create` and the like need to reach it. */
  connection: { apiKey: string; baseUrl: string };
  requests: SeenRequest[];
  /** Resolves when a request to a path that ends like this has come. */
  seen(ending: string): Promise<SeenRequest>;
  /** Resolves when an answer's connection was closed before the answer ended. */
  dropped: Promise<void>;
}

/**
 * Starts a peer on a free port; what the handler returns is sent as JSON.
 *
 * @param onSession takes WebSockets; without it they are answered like any other request
 */
export async function startPeer(
  handler: Handler,
  onSession?: (socket: WebSocket, request: IncomingMessage) => void,
): Promise<Peer> {
  const requests: SeenRequest[] = [];
  const waiting: (() => void)[] = [];
  const drop = withResolvers<void>();
  const server = createServer(async (incoming, response) => {
    const request = await read(incoming);
    requests.push(request);
    for (const wake of waiting.splice(0)) wake();
    response.on("close", () => {
      if (!response.writableFinished) drop.resolve();
    });
    const value = await handler(request, response);
    if (value !== undefined && !response.headersSent) sendJson(response, value);
  });
  const webSockets = new WebSocketServer({ noServer: true, autoPong: false });
  if (onSession) {
    server.on("upgrade", (request, socket, head) => {
      webSockets.handleUpgrade(request, socket, head, (session) => onSession(session, request));
    });
  }
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    connection: { apiKey: "key-of-a-test", baseUrl: url },
    requests,
    dropped: drop.promise,
    async seen(ending) {
      for (;;) {
        const found = requests.find(({ path }) => path.endsWith(ending));
        if (found) return found;
        await new Promise<void>((wake) => waiting.push(wake));
      }
    },
    async [Symbol.asyncDispose]() {
      for (const session of webSockets.clients) session.terminate();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

export function sendJson(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(value));
}

/** A handler for a box `box-1` that hands on what a test is not about. */
export function withBox(handler: Handler): Handler {
  return async (request, response) => {
    const answer = await handler(request, response);
    if (answer !== undefined || response.headersSent) return answer;
    if (request.path === "/v2/box/box-1" && request.method === "GET") return BOX;
    return undefined;
  };
}

export const BOX = {
  id: "box-1",
  status: "idle",
  agent: "claude-code",
  model: "anthropic/claude-sonnet-4-5",
  created_at: 1,
  updated_at: 1,
};

async function read(incoming: IncomingMessage): Promise<SeenRequest> {
  let text = "";
  for await (const piece of incoming.setEncoding("utf8")) text += piece;
  const url = new URL(incoming.url ?? "/", "http://peer");
  return {
    method: incoming.method ?? "",
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: incoming.headers,
    body: isJson(incoming) && text !== "" ? JSON.parse(text) : undefined,
  };
}

function isJson({ headers }: IncomingMessage): boolean {
  return headers["content-type"]?.startsWith("application/json") ?? false;
}

/** `Promise.withResolvers` came with Node 22. */
function withResolvers<T>() {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
