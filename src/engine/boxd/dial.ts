import type { Duplex } from "node:stream";
import { ConnectionChannel } from "./connection-channel.ts";
import type { Field } from "./encode.ts";
import { FRAME, TAG } from "./protocol.ts";
import type { Transport } from "./transport.ts";
import type { DialOptions } from "./types.ts";

/** See `BoxdConnection.dial`. */
export async function dial(transport: Transport, options: DialOptions): Promise<Duplex> {
  const { port, host, signal, windowBytes } = options;
  signal?.throwIfAborted();
  const fields: Field[] = [[TAG.PORT, port]];
  if (host !== undefined) fields.push([TAG.HOST, host]);
  const channel = new ConnectionChannel(transport, FRAME.DIAL, fields, windowBytes);
  const onAbort = (): void => channel.abort(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    const stream = await channel.connected;
    // It broke in the same turn: nobody could have listened.
    if (stream.errored) throw stream.errored;
    return stream;
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
}
