import type { WebSocketLike } from "./web-socket.ts";
import type { ExecSessionClientFrame } from "./wire.ts";

/** A peer that has not answered by the next ping has gone without a word. */
const PING_MS = 15_000;
/** What a peer may take to close its side; then the connection is cut. */
const CLOSE_GRACE_MS = 1_000;
/** What may wait to be sent; above it, writers wait. */
const SEND_AHEAD_BYTES = 1024 * 1024;
/** The standard's WebSocket tells how much waits, and not when that has gone. */
const DRAIN_POLL_MS = 10;

/** `WebSocket.OPEN`, which not every WebSocket has as a constant. */
const OPEN = 1;
/** RFC 6455 §7.4.1: done, and lost without a word. */
const NORMAL = 1000;
export const CLOSED_WITHOUT_A_WORD = 1006;

/** What a {@link SessionConnection} tells. */
export interface SessionEvents {
  opened(): void;
  message(data: unknown): void;
  /** Once, last. `cause` is what was wrong, where the runtime says it. */
  closed(code: number, cause: unknown): void;
}

/** One WebSocket: frames there and back, and whether somebody is still there. */
export class SessionConnection {
  /** Resolves when nothing is left of it. */
  readonly gone: Promise<void>;
  readonly #socket: WebSocketLike;
  #cause: unknown;
  #isAlive = true;
  #isPaused = false;
  #isGone = false;
  #pings: ReturnType<typeof setInterval> | undefined;
  #grace: ReturnType<typeof setTimeout> | undefined;
  #resolveGone!: () => void;

  constructor(socket: WebSocketLike, events: SessionEvents) {
    this.#socket = socket;
    this.gone = new Promise((resolve) => {
      this.#resolveGone = resolve;
    });
    socket.addEventListener("open", () => {
      this.#watch();
      events.opened();
    });
    socket.addEventListener("message", ({ data }: { data: unknown }) => {
      this.#isAlive = true;
      events.message(data);
    });
    socket.addEventListener("error", (event: { error?: unknown; message?: unknown }) => {
      this.#cause ??= event.error ?? event.message;
    });
    socket.addEventListener("close", ({ code }: { code: number }) => {
      this.#finish();
      events.closed(code, this.#cause);
    });
  }

  send(frame: ExecSessionClientFrame): void {
    if (this.#socket.readyState === OPEN) this.#socket.send(JSON.stringify(frame));
  }

  /** Resolves when little enough waits to be sent, or the connection is no more. Never rejects. */
  async drained(): Promise<void> {
    while (!this.#isGone && this.#socket.bufferedAmount > SEND_AHEAD_BYTES) {
      await new Promise((resolve) => setTimeout(resolve, DRAIN_POLL_MS));
    }
  }

  /** Stops reading, so that the other side is held up, where the runtime can; or goes on. */
  pause(isPaused: boolean): void {
    if (this.#isPaused === isPaused) return;
    this.#isPaused = isPaused;
    this.#isAlive = true;
    if (isPaused) this.#socket.pause?.();
    else this.#socket.resume?.();
  }

  /** Ends the connection, with the other side when it is there. */
  hangUp(): void {
    if (this.#isGone || this.#grace !== undefined) return;
    // Else the other side's close would not be read.
    this.pause(false);
    this.#grace = setTimeout(() => this.#cut(undefined), CLOSE_GRACE_MS);
    this.#socket.close(NORMAL);
  }

  #watch(): void {
    const { ping, on } = this.#socket;
    if (ping === undefined || on === undefined) return;
    on.call(this.#socket, "pong", () => {
      this.#isAlive = true;
    });
    this.#pings = setInterval(() => {
      // While it is paused, its answers are not read.
      if (!this.#isAlive && !this.#isPaused) return this.#cut("no answer to a ping");
      this.#isAlive = false;
      ping.call(this.#socket);
    }, PING_MS);
  }

  #cut(cause: unknown): void {
    this.#cause ??= cause;
    this.#finish();
    this.#socket.terminate?.();
  }

  #finish(): void {
    this.#isGone = true;
    clearInterval(this.#pings);
    clearTimeout(this.#grace);
    this.#resolveGone();
  }
}
