import { Duplex } from "node:stream";
import type { Field } from "./encode.ts";
import { BoxdError } from "./error.ts";
import type { Fields } from "./fields.ts";
import { Inbound, type InboundOptions } from "./inbound.ts";
import { Outbound } from "./outbound.ts";
import { FRAME, TAG } from "./protocol.ts";
import { remoteError } from "./remote-error.ts";
import type { Channel, Transport } from "./transport.ts";

/** Less than a process has: there may be many connections, and most are short. */
const DEFAULT_WINDOW_BYTES = 256 * 1024;

/** The channel of one connection: from DIAL or ACCEPT to OK or ERROR. */
export class ConnectionChannel implements Channel {
  readonly connected: Promise<Duplex>;
  readonly #transport: Transport;
  readonly #id: number;
  readonly #inbound: Inbound;
  readonly #outbound: Outbound;
  #stream!: Duplex;
  #isConnected = false;
  /** We have said that no more comes. */
  #hasEnded = false;
  /** The peer has said so. */
  #peerHasEnded = false;
  #isOver = false;
  #resolve: (stream: Duplex) => void = () => {};
  #reject: (error: unknown) => void = () => {};

  constructor(
    transport: Transport,
    type: number,
    fields: readonly Field[],
    windowBytes = DEFAULT_WINDOW_BYTES,
  ) {
    this.#transport = transport;
    this.connected = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#outbound = new Outbound((bytes, done) => {
      transport.sendData(this.#id, FRAME.DATA, bytes, done);
    });
    this.#inbound = new Inbound(
      windowBytes,
      (bytes) => this.#send(FRAME.CREDIT, [[TAG.CREDIT, bytes]]),
      (inbound) => {
        this.#stream = this.#makeStream(inbound);
        return this.#stream;
      },
    );
    this.#id = transport.open(this, type, [...fields, [TAG.CREDIT, windowBytes]]);
  }

  abort(reason: unknown): void {
    this.#stream.destroy();
    this.#reject(reason);
  }

  onMessage(type: number, fields: Fields): boolean {
    if (type === FRAME.ERROR) {
      this.#fail(remoteError(fields));
      return true;
    }
    if (type === FRAME.CONNECTED && !this.#isConnected) {
      this.#isConnected = true;
      this.#resolve(this.#stream);
      return false;
    }
    if (type === FRAME.CREDIT && this.#isConnected) {
      this.#outbound.credit(fields.u32(TAG.CREDIT));
      return false;
    }
    if (type === FRAME.END && this.#isConnected && !this.#peerHasEnded) {
      this.#peerHasEnded = true;
      this.#inbound.finish();
      return false;
    }
    if (type === FRAME.OK && this.#bothHaveEnded) {
      this.#isOver = true;
      return true;
    }
    throw unexpected(type);
  }

  onData(type: number, chunk: Buffer): void {
    if (type !== FRAME.DATA || !this.#isConnected || this.#peerHasEnded) throw unexpected(type);
    this.#inbound.accept(chunk);
  }

  onLost(error: BoxdError): void {
    this.#fail(error);
  }

  get #bothHaveEnded(): boolean {
    return this.#hasEnded && this.#peerHasEnded;
  }

  #fail(error: BoxdError): void {
    this.#isOver = true;
    this.#reject(error);
    this.#outbound.fail(error);
    this.#inbound.fail(error);
  }

  #send(type: number, fields: readonly Field[] = []): void {
    if (!this.#isOver) this.#transport.send(this.#id, type, fields);
  }

  #makeStream(inbound: InboundOptions): Duplex {
    return new Duplex({
      ...inbound,
      write: (chunk: Buffer, _encoding, callback) => this.#outbound.write(chunk, callback),
      final: (callback) => {
        this.#hasEnded = true;
        this.#send(FRAME.END);
        callback();
      },
      destroy: (error, callback) => {
        // A stream that both sides have ended is destroyed too, while boxd may still pass on its rest.
        if (!this.#bothHaveEnded) this.#send(FRAME.CANCEL);
        this.#outbound.drop();
        inbound.destroy(error, callback);
      },
    });
  }
}

function unexpected(type: number): BoxdError {
  return new BoxdError("PROTOCOL", `boxd sent frame type ${type} for a connection, out of turn`);
}
