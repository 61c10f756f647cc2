import type { Duplex } from "node:stream";
import { encodeHeader, encodeMessage, type Field } from "./encode.ts";
import { BoxdError } from "./error.ts";
import { Fields } from "./fields.ts";
import { FrameDecoder } from "./frame-decoder.ts";
import { CHANNEL_LIMIT, FRAME, PROTOCOL_VERSION, TAG } from "./protocol.ts";

/** Payloads below this are joined with their header: one copy is cheaper than a second buffer. */
const JOIN_BYTES = 4096;

/** What answers come to. What it throws ends the connection. */
export interface Channel {
  /** True: that was the last frame of this channel. */
  onMessage(type: number, fields: Fields): boolean;
  onData(type: number, chunk: Buffer): void;
  /** The connection has ended. */
  onLost(error: BoxdError): void;
}

/** The stream, the numbers of the channels, and the one way in which all of it ends. */
export class Transport {
  /** Resolves when boxd has said hello. */
  readonly hello: Promise<{ protocol: number; version: string }>;
  /** Resolves with what ended the connection; undefined: `end()` was called without a reason. */
  readonly closed: Promise<BoxdError | undefined>;
  readonly #stream: Duplex;
  readonly #decoder: FrameDecoder;
  readonly #channels = new Map<number, Channel>();
  #lastChannel = 0;
  #greeted = false;
  #lost: BoxdError | undefined;
  #greet: (hello: { protocol: number; version: string }) => void = () => {};
  #refuse: (error: BoxdError) => void = () => {};
  #close: (error: BoxdError | undefined) => void = () => {};

  constructor(stream: Duplex) {
    this.#stream = stream;
    this.hello = new Promise((resolve, reject) => {
      this.#greet = resolve;
      this.#refuse = reject;
    });
    this.hello.catch(() => {});
    this.closed = new Promise((resolve) => {
      this.#close = resolve;
    });
    this.#decoder = new FrameDecoder({
      onData: (channel, type, chunk) => this.#find(channel).onData(type, chunk),
      onMessage: (channel, type, payload) => this.#onMessage(channel, type, payload),
    });
    stream.on("data", (chunk: Buffer) => this.#onChunk(chunk));
    stream.on("error", (cause) => {
      this.end(new BoxdError("CLOSED", "The connection to the box broke", { cause }));
    });
    for (const event of ["end", "close"]) {
      stream.on(event, () => this.end(new BoxdError("CLOSED", "The connection to the box ended")));
    }
  }

  /** @throws BoxdError `CLOSED` or `ARGUMENT`; then nothing was opened. */
  open(channel: Channel, type: number, fields: readonly Field[]): number {
    if (this.#lost !== undefined) throw this.#lost;
    if (this.#channels.size >= CHANNEL_LIMIT) {
      throw new BoxdError(
        "ARGUMENT",
        `More than ${CHANNEL_LIMIT} things at once in one box: wait for some to end`,
      );
    }
    const id = this.#nextChannel();
    const frame = encodeMessage(id, type, fields);
    this.#channels.set(id, channel);
    this.#stream.write(frame);
    return id;
  }

  /** Nothing happens when the connection has ended. */
  send(channel: number, type: number, fields: readonly Field[]): void {
    if (this.#lost === undefined) this.#stream.write(encodeMessage(channel, type, fields));
  }

  /** `done` is called when the bytes are no longer needed, also after the connection has ended. */
  sendData(channel: number, type: number, bytes: Uint8Array, done: () => void): void {
    if (this.#lost !== undefined) {
      done();
      return;
    }
    const header = encodeHeader(channel, type, bytes.length);
    if (bytes.length < JOIN_BYTES) {
      this.#stream.write(Buffer.concat([header, bytes]), () => done());
      return;
    }
    this.#stream.cork();
    this.#stream.write(header);
    this.#stream.write(bytes, () => done());
    this.#stream.uncork();
  }

  /** Ends everything; only the first reason counts. */
  end(reason?: BoxdError): void {
    if (this.#lost !== undefined) return;
    const error = reason ?? new BoxdError("CLOSED", "The connection to the box was closed");
    this.#lost = error;
    this.#decoder.stop();
    this.#stream.destroy();
    this.#refuse(error);
    const channels = [...this.#channels.values()];
    this.#channels.clear();
    for (const channel of channels) channel.onLost(error);
    this.#close(reason);
  }

  #onChunk(chunk: Buffer): void {
    try {
      this.#decoder.push(chunk);
    } catch (cause) {
      this.end(
        cause instanceof BoxdError
          ? cause
          : new BoxdError("PROTOCOL", "The answer of the box could not be handled", { cause }),
      );
    }
  }

  #onMessage(id: number, type: number, payload: Buffer): void {
    const fields = new Fields(payload);
    if (id === 0) {
      this.#onControl(type, fields);
    } else if (this.#find(id).onMessage(type, fields)) {
      this.#channels.delete(id);
    }
  }

  #onControl(type: number, fields: Fields): void {
    if (type === FRAME.ERROR) {
      throw new BoxdError("PROTOCOL", `boxd ended the connection: ${fields.text(TAG.MESSAGE)}`);
    }
    if (type !== FRAME.HELLO || this.#greeted) {
      throw new BoxdError("PROTOCOL", `boxd sent frame type ${type} on channel 0`);
    }
    const protocol = fields.u32(TAG.PROTOCOL);
    if (protocol !== PROTOCOL_VERSION) {
      throw new BoxdError(
        "PROTOCOL",
        `boxd speaks protocol ${protocol}, this engine ${PROTOCOL_VERSION}: build native/boxd again`,
      );
    }
    this.#greeted = true;
    this.#greet({ protocol, version: fields.text(TAG.VERSION) });
  }

  #find(id: number): Channel {
    const channel = this.#channels.get(id);
    if (channel === undefined) {
      throw new BoxdError("PROTOCOL", `boxd sent a frame for channel ${id}, which is not open`);
    }
    return channel;
  }

  #nextChannel(): number {
    do {
      this.#lastChannel = this.#lastChannel === 0xffffffff ? 1 : this.#lastChannel + 1;
    } while (this.#channels.has(this.#lastChannel));
    return this.#lastChannel;
  }
}
