import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { API_KEY_HEADER, API_PREFIX, REQUEST_ID_HEADER, RUN_ID_HEADER } from "../../box/wire.ts";
import type { Boxes } from "../boxes.ts";
import { EngineError } from "../engine-error.ts";
import { refuseUpgrade } from "../refuse-upgrade.ts";
import { requestIdOf } from "../request-id.ts";
import { ExecSession } from "./exec-session.ts";

const PATH = new RegExp(`^${API_PREFIX}/([^/]+)/exec-session$`);

/** A frame of a client; what is longer is sent in several. */
const FRAME_LIMIT_BYTES = 16 * 1024 * 1024;
/** What a client and its proxies may take to close; then the connection is cut. */
const CLOSE_GRACE_MS = 500;

/** `WS /{id}/exec-session`: one process for each connection, with its input, output and terminal. */
export class ExecSessions {
  readonly #boxes: Boxes;
  readonly #requireApiKey: (offered: string | undefined) => void;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: FRAME_LIMIT_BYTES });
  readonly #sessions = new Set<Promise<void>>();

  constructor(boxes: Boxes, requireApiKey: (offered: string | undefined) => void) {
    this.#boxes = boxes;
    this.#requireApiKey = requireApiKey;
    this.#server.on("headers", (headers, request) => {
      headers.push(`${REQUEST_ID_HEADER}: ${requestIdOf(header(request, REQUEST_ID_HEADER))}`);
    });
    this.#server.on("wsClientError", ({ message }, socket, request) => {
      const text = `${message}; connect with a WebSocket client.`;
      refuseUpgrade(request, socket, new EngineError(400, "invalid_request", text));
    });
  }

  /**
   * Takes a request that is a session's. Key and box are checked before the protocol changes, so that
   * a client without a WebSocket library sees why.
   * @throws EngineError 401, 404
   */
  upgrade = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<boolean> => {
    // Ids and names have no character that would be encoded.
    const id = PATH.exec(request.url?.split("?")[0] ?? "")?.[1];
    if (id === undefined) return false;
    this.#requireApiKey(header(request, API_KEY_HEADER));
    const box = this.#boxes.get(id);
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      const session = new ExecSession(box, webSocket, header(request, RUN_ID_HEADER)).done;
      this.#sessions.add(session);
      void session.finally(() => this.#sessions.delete(session));
    });
    return true;
  };

  /** Ends every session. The boxes are closed first, so that clients hear how their process ended. */
  async close(): Promise<void> {
    for (const client of this.#server.clients) client.close(1001, "The engine stops.");
    const timer = setTimeout(() => {
      for (const client of this.#server.clients) client.terminate();
    }, CLOSE_GRACE_MS);
    await Promise.all(this.#sessions);
    clearTimeout(timer);
    this.#server.close();
  }
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
