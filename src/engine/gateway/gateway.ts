import { setMaxListeners } from "node:events";
import http, { createServer } from "node:http";
import https from "node:https";
import type { Duplex } from "node:stream";
import type { BoxdConnection } from "../boxd/index.ts";
import { answerCall } from "./answer-call.ts";
import type { ModelCalls } from "./model-calls.ts";

/** A run's way to its models, from within its box. */
export interface OpenGateway {
  /** Inside the box: `http://127.0.0.1:<port>`, without `/v1`. */
  url: string;
  /** Ends it, and all calls that are on their way. */
  close(): void;
}

/**
 * Where the model calls of all boxes pass. Keys stay on this side: a program in a box has a token that
 * is good for one run, and an address that only its box can reach, whatever else the box may reach.
 */
export class Gateway {
  readonly #agents = {
    http: new http.Agent({ keepAlive: true }),
    https: new https.Agent({ keepAlive: true }),
  };

  /** Serves a run's calls on a port of the box's own loopback. */
  async open(connection: BoxdConnection, calls: ModelCalls): Promise<OpenGateway> {
    const streams = new Set<Duplex>();
    const closing = new AbortController();
    // One for each call listens, and there may be many.
    setMaxListeners(0, closing.signal);
    const context = { calls, agents: this.#agents, closed: closing.signal };
    const server = createServer((request, response) => {
      answerCall(request, response, context).catch(() => response.destroy());
    });
    // A long answer is no idle connection, and the program's own limits hold.
    server.requestTimeout = 0;
    const listener = await connection.listen({
      onConnection(stream) {
        streams.add(stream);
        stream.once("close", () => streams.delete(stream));
        server.emit("connection", stream);
      },
    });
    return {
      url: `http://127.0.0.1:${listener.port}`,
      close() {
        listener.close();
        server.close();
        closing.abort();
        for (const stream of streams) stream.destroy();
      },
    };
  }

  close(): void {
    this.#agents.http.destroy();
    this.#agents.https.destroy();
  }
}
