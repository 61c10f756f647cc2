import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { CreatePreviewRequest, Preview as PreviewAnswer } from "../../box/wire.ts";
import type { Listener, RequestHandler, UpgradeHandler } from "../../host/listen.ts";
import type { Boxes } from "../boxes.ts";
import type { EngineBox } from "../engine-box.ts";
import { EngineError } from "../engine-error.ts";
import { Credentials } from "./credentials.ts";
import { Preview, type Way } from "./preview.ts";
import type { PreviewHosts } from "./preview-hosts.ts";
import { refuseRequest } from "./refuse-request.ts";

/** Binds a port of its own for one public URL, any that is free. */
export type Bind = (handlers: {
  request: RequestHandler;
  upgrade: UpgradeHandler;
}) => Promise<Listener>;

/** A request that comes to a URL's own port. */
const DIRECT: Way = { isProxied: false, protocol: "http" };

/** Addresses that mean all of the host's: no client could go there. */
const WILDCARDS = new Set(["0.0.0.0", "[::]"]);

/** The same whether there is such a box or not. */
const NOTHING_HERE = "There is no public URL here";

interface Entry {
  preview: Preview;
  listener: Promise<Listener | undefined>;
  url: Promise<string>;
}

/**
 * The public URLs of all boxes. They live in memory, and end when their box is paused or deleted, and
 * with the engine.
 */
export class Previews {
  readonly #entries = new Map<string, Entry>();
  readonly #hosts: PreviewHosts;
  readonly #bind: Bind | undefined;
  readonly #closing = new Set<Promise<void>>();
  readonly #unsubscribe: () => void;
  #isClosed = false;

  /** @param bind is needed when `hosts` has no form of the operator's */
  constructor(boxes: Boxes, hosts: PreviewHosts, bind: Bind | undefined) {
    this.#hosts = hosts;
    this.#bind = bind;
    this.#unsubscribe = boxes.onStopped((box) => {
      for (const { port } of this.#of(box)) this.#remove(box, port);
    });
  }

  /**
   * Makes the URL of a port, or new credentials for the one that is there. Wakes the box.
   *
   * @param hostname how the client reached the engine
   * @throws EngineError 409 when the box stops meanwhile; 501 when the engine has no way to serve URLs
   */
  async create(
    box: EngineBox,
    request: CreatePreviewRequest,
    hostname: string,
  ): Promise<PreviewAnswer> {
    await box.resume();
    // It may have been on its way when the others were ended.
    if (this.#isClosed) throw engineStopped();
    const { port } = request;
    const { credentials, told } = Credentials.make(request);
    const key = keyOf(box.id, port);
    const entry = this.#entries.get(key) ?? this.#open(box, port, credentials, hostname);
    entry.preview.replaceCredentials(credentials);
    this.#entries.set(key, entry);
    try {
      const url = await entry.url;
      if (this.#entries.get(key) === entry) return { url, port, ...told };
    } catch (error) {
      this.#remove(box, port);
      throw error;
    }
    throw new EngineError(
      409,
      "box_stopped",
      "The box stopped while this was going on; try again.",
    );
  }

  /** Without their credentials. */
  async list(box: EngineBox): Promise<PreviewAnswer[]> {
    const previews = this.#of(box).map(async ({ port }) => {
      const url = await this.#entries.get(keyOf(box.id, port))?.url;
      return url === undefined ? [] : [{ url, port }];
    });
    return (await Promise.all(previews)).flat();
  }

  /**
   * Takes the URL of a port back, and cuts off what is open through it.
   * @throws EngineError 404
   */
  async delete(box: EngineBox, port: number): Promise<void> {
    if (this.#entries.has(keyOf(box.id, port))) await this.#remove(box, port);
    else throw notFound(`Port ${port} of the box has no public URL`);
  }

  /** Requests on the engine's own port whose `Host` is a public URL's. */
  readonly request: RequestHandler = (request, response) => {
    const found = this.#find(request);
    if (found === undefined) return false;
    const { preview, host } = found;
    if (preview === undefined) refuseRequest(response, notFound(NOTHING_HERE));
    else void preview.request(request, response, host);
    return true;
  };

  /**
   * The same for connections that ask for another protocol.
   * @throws EngineError 404
   */
  readonly upgrade = async (
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
  ): Promise<boolean> => {
    const found = this.#find(request);
    if (found === undefined) return false;
    const { preview, host } = found;
    if (preview === undefined) throw notFound(NOTHING_HERE);
    await preview.upgrade(request, socket, head, host);
    return true;
  };

  /** Ends all of them. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#unsubscribe();
    for (const { preview } of this.#entries.values()) this.#remove(preview.box, preview.port);
    await Promise.all(this.#closing);
  }

  #of(box: EngineBox): Preview[] {
    const previews = [...this.#entries.values()].map(({ preview }) => preview);
    return previews.filter((preview) => preview.box === box);
  }

  #open(box: EngineBox, port: number, credentials: Credentials, hostname: string): Entry {
    const preview = new Preview(box, port, credentials);
    const named = this.#hosts.url(box.id, port);
    if (named !== undefined) {
      return { preview, listener: Promise.resolve(undefined), url: Promise.resolve(named) };
    }
    if (this.#bind === undefined) throw noBind();
    const listener = this.#bind({
      request: (request: IncomingMessage, response: ServerResponse) => {
        void preview.request(request, response, DIRECT);
        return true;
      },
      upgrade: (request, socket, head) => void preview.upgrade(request, socket, head, DIRECT),
    });
    return { preview, listener, url: listener.then(({ url }) => reachable(url, hostname)) };
  }

  /** What a request is for by its `Host`; undefined when that is no name of a public URL. */
  #find({ headers }: IncomingMessage) {
    const host = this.#hosts.find(headers.host);
    if (host !== undefined) {
      return { host, preview: this.#entries.get(keyOf(host.id, host.port))?.preview };
    }
    return this.#hosts.isReserved(headers.host) ? { host: DIRECT, preview: undefined } : undefined;
  }

  #remove(box: EngineBox, port: number): Promise<void> {
    const key = keyOf(box.id, port);
    const entry = this.#entries.get(key);
    if (entry === undefined) return Promise.resolve();
    this.#entries.delete(key);
    entry.preview.end();
    const closing = entry.listener
      .then(
        (listener) => listener?.close(),
        () => undefined,
      )
      .finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
    return closing;
  }
}

function keyOf(id: string, port: number): string {
  return `${id}:${port}`;
}

/** An engine that listens on all addresses is reached by the name that its client knows. */
function reachable(url: string, hostname: string): string {
  const bound = new URL(url);
  if (WILDCARDS.has(bound.hostname)) bound.hostname = hostname;
  return bound.origin;
}

function engineStopped(): EngineError {
  return new EngineError(503, "engine_stopped", "The engine stops; try again when it is back.");
}

function notFound(what: string): EngineError {
  return new EngineError(
    404,
    "not_found",
    `${what}; make it with POST /v2/box/{id}/preview. It ends when its box pauses.`,
  );
}

function noBind(): EngineError {
  return new EngineError(
    501,
    "not_supported",
    "This engine can bind no ports; start it by box-action engine, or with --preview-url.",
  );
}
