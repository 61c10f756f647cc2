import type { Field } from "./encode.ts";
import { BoxdError } from "./error.ts";
import { FileRequest, unexpected } from "./file-request.ts";
import { Outbound } from "./outbound.ts";
import { FRAME, TAG, WRITE_FLAG } from "./protocol.ts";
import type { Transport } from "./transport.ts";
import type { BoxdText, WriteOptions } from "./types.ts";

type Content = Uint8Array | string | AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** See `BoxdFiles.write`. */
export async function write(
  transport: Transport,
  path: BoxdText,
  content: Content,
  options: WriteOptions,
): Promise<void> {
  const outbound = new Outbound((bytes, done) => request.sendData(bytes, done));
  const request = new FileRequest(transport, {
    type: FRAME.WRITE,
    fields: writeFields(path, options),
    last: FRAME.OK,
    signal: options.signal,
    onMessage: (type, fields) => {
      if (type !== FRAME.CREDIT) throw unexpected(type);
      outbound.credit(fields.u32(TAG.CREDIT));
    },
  });
  let over = false;
  const settled = request.done.then(
    () => {
      over = true;
    },
    (error) => {
      over = true;
      // Releases the sender below; the caller gets the error itself.
      outbound.fail(error instanceof BoxdError ? error : new BoxdError("CLOSED", "ended"));
      throw error;
    },
  );
  const sent = send(chunksOf(content), outbound, () => over).then(
    () => request.sendEnd(),
    (error) => {
      request.cancel();
      throw error;
    },
  );
  // The first to fail is the reason: the source, or boxd (also while the source gives nothing).
  await Promise.all([settled, sent]);
}

async function send(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  outbound: Outbound,
  isOver: () => boolean,
): Promise<void> {
  for await (const chunk of chunks) {
    if (isOver()) return;
    await new Promise<void>((resolve, reject) => {
      outbound.write(chunk, (error) => (error === undefined ? resolve() : reject(error)));
    });
  }
}

function chunksOf(content: Content): AsyncIterable<Uint8Array> | Iterable<Uint8Array> {
  if (typeof content === "string") return [Buffer.from(content)];
  return content instanceof Uint8Array ? [content] : content;
}

function writeFields(path: BoxdText, options: WriteOptions): Field[] {
  if (options.append && options.atomic) {
    throw new BoxdError("ARGUMENT", "Expected `append` or `atomic`, got both");
  }
  const flags =
    (options.parents ? WRITE_FLAG.PARENTS : 0) |
    (options.append ? WRITE_FLAG.APPEND : 0) |
    (options.atomic ? WRITE_FLAG.ATOMIC : 0);
  const fields: Field[] = [
    [TAG.PATH, path],
    [TAG.FLAGS, flags],
  ];
  if (options.mode !== undefined) fields.push([TAG.MODE, options.mode]);
  return fields;
}
