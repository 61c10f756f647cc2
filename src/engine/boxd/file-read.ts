import type { Readable } from "node:stream";
import { Collector } from "./collector.ts";
import type { Field } from "./encode.ts";
import { BoxdError } from "./error.ts";
import { FileRequest } from "./file-request.ts";
import { Inbound } from "./inbound.ts";
import { FRAME, TAG } from "./protocol.ts";
import type { Transport } from "./transport.ts";
import type { BoxdText, ReadOptions } from "./types.ts";

const WINDOW_BYTES = 1024 * 1024;
const DEFAULT_LIMIT_BYTES = 64 * 1024 * 1024;

/** See `BoxdFiles.read`. */
export function read(transport: Transport, path: BoxdText, options: ReadOptions): Readable {
  const inbound = new Inbound(WINDOW_BYTES, (bytes) => request.grant(bytes));
  const request = new FileRequest(transport, {
    type: FRAME.READ,
    fields: readFields(path, options),
    last: FRAME.END,
    signal: options.signal,
    onData: (chunk) => inbound.accept(chunk),
  });
  request.done.then(
    () => inbound.finish(),
    (error) => inbound.fail(error),
  );
  inbound.readable.once("close", () => request.cancel());
  return inbound.readable;
}

/** See `BoxdFiles.readFile`. */
export async function readFile(
  transport: Transport,
  path: BoxdText,
  options: ReadOptions & { limitBytes?: number },
): Promise<Buffer> {
  const limitBytes = options.limitBytes ?? DEFAULT_LIMIT_BYTES;
  let exceeded = false;
  const onExceeded = (): void => {
    exceeded = true;
    request.cancel();
  };
  const collector = new Collector({ windowBytes: WINDOW_BYTES, limitBytes, onExceeded }, (bytes) =>
    request.grant(bytes),
  );
  const request = new FileRequest(transport, {
    type: FRAME.READ,
    fields: readFields(path, options),
    last: FRAME.END,
    signal: options.signal,
    onData: (chunk) => collector.accept(chunk),
  });
  try {
    await request.done;
  } catch (error) {
    // What the cancelling brought is not the reason.
    if (!exceeded) throw error;
  }
  if (exceeded) {
    throw new BoxdError(
      "OUTPUT_LIMIT",
      `The file has more than ${limitBytes} bytes: raise \`limitBytes\` or use \`read\``,
    );
  }
  return collector.collected;
}

function readFields(path: BoxdText, options: ReadOptions): Field[] {
  const fields: Field[] = [
    [TAG.PATH, path],
    [TAG.CREDIT, WINDOW_BYTES],
  ];
  if (options.offset !== undefined) fields.push([TAG.OFFSET, BigInt(options.offset)]);
  if (options.length !== undefined) fields.push([TAG.LENGTH, BigInt(options.length)]);
  return fields;
}
