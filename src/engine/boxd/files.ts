import type { Readable } from "node:stream";
import type { Field } from "./encode.ts";
import { readAttributes } from "./file-attributes.ts";
import { list } from "./file-list.ts";
import { read, readFile } from "./file-read.ts";
import { FileRequest } from "./file-request.ts";
import { write } from "./file-write.ts";
import { FRAME, MKDIR_PARENTS, REMOVE_RECURSIVE, STAT_FOLLOW, TAG } from "./protocol.ts";
import type { Transport } from "./transport.ts";
import type { BoxdEntry, BoxdStat, BoxdText, ReadOptions, WriteOptions } from "./types.ts";

/** File work inside the box, as the box's user. Failures are `REMOTE` errors with `errnoName`. */
export class BoxdFiles {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Streams a regular file; an error (a missing file too) ends the stream. */
  read(path: BoxdText, options: ReadOptions = {}): Readable {
    return read(this.#transport, path, options);
  }

  /** Collects a regular file. @default limitBytes 64 MiB */
  readFile(path: BoxdText, options: ReadOptions & { limitBytes?: number } = {}): Promise<Buffer> {
    return readFile(this.#transport, path, options);
  }

  write(
    path: BoxdText,
    content: Uint8Array | string | AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    options: WriteOptions = {},
  ): Promise<void> {
    return write(this.#transport, path, content, options);
  }

  /** Entries as they are found, without "." and "..", in the directory's own order. */
  list(path: BoxdText, options: { signal?: AbortSignal } = {}): AsyncGenerator<BoxdEntry> {
    return list(this.#transport, path, options.signal);
  }

  /** @default follow true */
  async stat(path: BoxdText, options: { follow?: boolean } = {}): Promise<BoxdStat> {
    const flags = options.follow === false ? 0 : STAT_FOLLOW;
    const request = new FileRequest(this.#transport, {
      type: FRAME.STAT,
      fields: [
        [TAG.PATH, path],
        [TAG.FLAGS, flags],
      ],
      last: FRAME.ATTRIBUTES,
    });
    return readAttributes(await request.done);
  }

  /** With `parents`, a directory that is there already is no error. @default mode 0o755 */
  mkdir(path: BoxdText, options: { parents?: boolean; mode?: number } = {}): Promise<void> {
    const fields: Field[] = [
      [TAG.PATH, path],
      [TAG.FLAGS, options.parents ? MKDIR_PARENTS : 0],
    ];
    if (options.mode !== undefined) fields.push([TAG.MODE, options.mode]);
    return this.#simple(FRAME.MKDIR, fields);
  }

  /** Replaces what is at `to`. */
  rename(from: BoxdText, to: BoxdText): Promise<void> {
    return this.#simple(FRAME.RENAME, [
      [TAG.PATH, from],
      [TAG.NEW_PATH, to],
    ]);
  }

  /** Never follows a symbolic link. */
  remove(
    path: BoxdText,
    options: { recursive?: boolean; signal?: AbortSignal } = {},
  ): Promise<void> {
    const flags = options.recursive ? REMOVE_RECURSIVE : 0;
    const fields: Field[] = [
      [TAG.PATH, path],
      [TAG.FLAGS, flags],
    ];
    return this.#simple(FRAME.REMOVE, fields, options.signal);
  }

  async #simple(type: number, fields: Field[], signal?: AbortSignal): Promise<void> {
    await new FileRequest(this.#transport, { type, fields, last: FRAME.OK, signal }).done;
  }
}
