import type { IncomingMessage, ServerResponse } from "node:http";

/** Which request, and where it is held. */
export interface HoldOptions {
  method: string;
  /** Matched against the path without `/api/v3`; git's paths end in `/info/refs`, `/git-upload-pack`, `/git-receive-pack`. */
  path: RegExp;
  /** `before`: nothing has happened yet. `after`: it is done, and nobody was told. */
  when: "before" | "after";
  /** How many that match are let through before. @default 0 */
  skip?: number;
}

/** A request that is held, or will be. */
export interface Hold {
  /** Resolves when the request is there. */
  reached: Promise<void>;
  /** Resolves when its client has gone away. */
  left: Promise<void>;
  /** Lets it go on. One whose client has gone meanwhile is not carried out. */
  release(): void;
  /** Cuts its connection: what was done is done, and what was not is not. */
  cut(): void;
}

/**
 * How everything is answered during an outage: the connection is cut, the proxy in front answers, or
 * nobody does.
 */
export type Outage = "cut" | "503" | "hang";

interface Waiting {
  options: HoldOptions;
  skip: number;
  reach(): void;
  leave(): void;
  released: Promise<void>;
  incoming: IncomingMessage | null;
}

/** What a test lets go wrong between a client and this GitHub, in REST and in git. */
export class Faults {
  outage: Outage | null = null;
  readonly #holds = new Set<Waiting>();

  /** Holds the next request that matches. */
  hold(options: HoldOptions): Hold {
    let reach = () => {};
    let leave = () => {};
    let release = () => {};
    const reached = new Promise<void>((resolve) => {
      reach = resolve;
    });
    const left = new Promise<void>((resolve) => {
      leave = resolve;
    });
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const waiting: Waiting = {
      incoming: null,
      options,
      skip: options.skip ?? 0,
      reach,
      leave,
      released,
    };
    this.#holds.add(waiting);
    return {
      reached,
      left,
      release: () => {
        this.#holds.delete(waiting);
        release();
      },
      cut: () => {
        this.#holds.delete(waiting);
        waiting.incoming?.socket.destroy();
        release();
      },
    };
  }

  /** @param serve carries the request out */
  async pass(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    path: string,
    serve: () => void,
  ): Promise<void> {
    if (this.outage !== null) return breakOff(this.outage, incoming, outgoing);
    const waiting = this.#take(incoming.method ?? "", path.replace(/^\/api\/v3/, ""));
    if (waiting !== undefined) {
      waiting.incoming = incoming;
      incoming.socket.once("close", waiting.leave);
    }
    if (waiting?.options.when === "after") holdAnswer(outgoing, waiting);
    if (waiting?.options.when === "before") {
      waiting.reach();
      await waiting.released;
      if (incoming.socket.destroyed) return;
    }
    serve();
  }

  #take(method: string, path: string): Waiting | undefined {
    for (const waiting of this.#holds) {
      const { options } = waiting;
      if (options.method !== method || !options.path.test(path)) continue;
      if (waiting.skip-- > 0) continue;
      this.#holds.delete(waiting);
      return waiting;
    }
    return undefined;
  }
}

function breakOff(outage: Outage, incoming: IncomingMessage, outgoing: ServerResponse): void {
  incoming.resume();
  if (outage === "cut") incoming.socket.destroy();
  if (outage === "503") outgoing.writeHead(503).end("Service Unavailable\n");
}

/** The whole answer is kept back, its head too. */
function holdAnswer(outgoing: ServerResponse, { reach, released }: Waiting): void {
  outgoing.cork();
  const end = outgoing.end.bind(outgoing) as (...args: unknown[]) => ServerResponse;
  outgoing.end = ((...args: unknown[]) => {
    reach();
    void released.then(() => end(...args));
    return outgoing;
  }) as typeof outgoing.end;
}
