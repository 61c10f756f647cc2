import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { responseOn } from "../../host/response-on.ts";
import type { EngineBox } from "../engine-box.ts";
import { EngineError } from "../engine-error.ts";
import type { Target } from "./ask-box.ts";
import type { Credentials } from "./credentials.ts";
import type { Arrival } from "./forward-headers.ts";
import { proxyRequest } from "./proxy-request.ts";
import { proxyUpgrade } from "./proxy-upgrade.ts";
import { refuseRequest } from "./refuse-request.ts";

/** How a request reached the engine; the preview itself knows whether it has credentials. */
export type Way = Omit<Arrival, "hasCredentials">;

/** One port of a box that can be reached from outside: who may pass, and what is open through it. */
export class Preview {
  readonly box: EngineBox;
  readonly port: number;
  readonly #open = new Set<AbortController>();
  #credentials: Credentials;
  #hasEnded = false;

  constructor(box: EngineBox, port: number, credentials: Credentials) {
    this.box = box;
    this.port = port;
    this.#credentials = credentials;
  }

  /** Who had the old credentials does not pass any more, and is cut off. */
  replaceCredentials(credentials: Credentials): void {
    this.#credentials = credentials;
    this.#cutOff(unauthorized());
  }

  /** Answers a request with what the program in the box says, or with why it cannot. */
  async request(request: IncomingMessage, response: ServerResponse, way: Way): Promise<void> {
    await this.#pass(request, response, (target) =>
      proxyRequest(request, response, this.#arrival(way), target),
    );
  }

  /** Joins a connection that asks for another protocol with the program in the box. */
  async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, way: Way): Promise<void> {
    const response = responseOn(request, socket);
    await this.#pass(request, response, (target) =>
      proxyUpgrade(request, { socket, head, response }, this.#arrival(way), target),
    );
  }

  /** Cuts off all that is open. */
  end(): void {
    this.#hasEnded = true;
    this.#cutOff(hasEnded());
  }

  #cutOff(reason: EngineError): void {
    for (const control of this.#open) control.abort(reason);
  }

  #arrival(way: Way): Arrival {
    return { ...way, hasCredentials: this.#credentials.areNeeded };
  }

  async #pass(
    request: IncomingMessage,
    response: ServerResponse,
    work: (target: Target) => Promise<void>,
  ): Promise<void> {
    // First: whoever may not pass does not keep the box awake either.
    if (!this.#credentials.accept(request.headers.authorization)) {
      refuseRequest(response, unauthorized(), this.#credentials.challenges);
      return;
    }
    const { box, port } = this;
    const control = new AbortController();
    this.#open.add(control);
    response.once("close", () => control.abort());
    const release = box.hold();
    try {
      if (this.#hasEnded) throw hasEnded();
      await work({ box, port, control });
    } catch (thrown) {
      const { reason } = control.signal;
      refuseRequest(response, reason instanceof EngineError ? reason : thrown);
    } finally {
      this.#open.delete(control);
      control.abort();
      release();
    }
  }
}

function unauthorized(): EngineError {
  return new EngineError(
    401,
    "unauthorized",
    "This URL wants the credentials that were told when it was made; ask for it again to get new ones.",
  );
}

function hasEnded(): EngineError {
  return new EngineError(
    404,
    "not_found",
    "This public URL has ended, since its box was paused or deleted or somebody took it back; ask for it again.",
  );
}
