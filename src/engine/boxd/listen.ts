import type { Duplex } from "node:stream";
import { ConnectionChannel } from "./connection-channel.ts";
import { BoxdError } from "./error.ts";
import type { Fields } from "./fields.ts";
import { FRAME, TAG } from "./protocol.ts";
import { remoteError } from "./remote-error.ts";
import type { Channel, Transport } from "./transport.ts";
import type { BoxdListener, ListenOptions } from "./types.ts";

/** Connections that are taken without a way to boxd and back in between. */
const WAITING_ACCEPTS = 4;
/** Before another try when the box had no descriptor left, or the like. */
const RETRY_MS = 100;

/** See `BoxdConnection.listen`. */
export async function listen(transport: Transport, options: ListenOptions): Promise<BoxdListener> {
  const channel = new ListenChannel(transport, options.port ?? 0);
  const port = await channel.port;
  for (let count = 0; count < WAITING_ACCEPTS; count++) {
    void acceptAll(transport, channel, options.onConnection);
  }
  return { port, close: () => channel.close(), closed: channel.closed };
}

/** Waits for one connection after the other until the listener ends. */
async function acceptAll(
  transport: Transport,
  channel: ListenChannel,
  onConnection: (stream: Duplex) => void,
): Promise<void> {
  while (!channel.isClosed) {
    try {
      const fields = [[TAG.LISTENER, channel.id]] as const;
      const stream = await new ConnectionChannel(transport, FRAME.ACCEPT, fields).connected;
      // It crossed the end of the listener.
      if (channel.isClosed) stream.destroy();
      // It broke in the same turn: there is nobody to answer.
      else if (stream.errored === null) onConnection(stream);
    } catch {
      if (channel.isClosed) return;
      await Promise.race([new Promise((resolve) => setTimeout(resolve, RETRY_MS)), channel.closed]);
    }
  }
}

/** The channel of a listener: from LISTEN to ERROR, with which also one ends that was closed. */
class ListenChannel implements Channel {
  readonly id: number;
  readonly port: Promise<number>;
  readonly closed: Promise<void>;
  readonly #transport: Transport;
  #isClosed = false;
  #isListening = false;
  #listening: (port: number) => void = () => {};
  #fail: (error: BoxdError) => void = () => {};
  #end: () => void = () => {};

  constructor(transport: Transport, port: number) {
    this.#transport = transport;
    this.port = new Promise((resolve, reject) => {
      this.#listening = resolve;
      this.#fail = reject;
    });
    this.closed = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.id = transport.open(this, FRAME.LISTEN, [[TAG.PORT, port]]);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#transport.send(this.id, FRAME.CANCEL, []);
    this.#over();
  }

  onMessage(type: number, fields: Fields): boolean {
    if (type === FRAME.LISTENING && !this.#isListening) {
      this.#isListening = true;
      this.#listening(fields.u32(TAG.PORT));
      return false;
    }
    if (type === FRAME.ERROR) {
      this.#fail(remoteError(fields));
      this.#over();
      return true;
    }
    throw unexpected(type);
  }

  onData(type: number): void {
    throw unexpected(type);
  }

  onLost(error: BoxdError): void {
    this.#fail(error);
    this.#over();
  }

  #over(): void {
    this.#isClosed = true;
    this.#end();
  }
}

function unexpected(type: number): BoxdError {
  return new BoxdError("PROTOCOL", `boxd sent frame type ${type} for a listener, out of turn`);
}
