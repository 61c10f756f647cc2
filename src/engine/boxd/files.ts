import type { Readable } from "node:stream";
import type { BoxdEntry, BoxdStat, BoxdText, ReadOptions, WriteOptions } from "./types.ts";

/** File work inside the box, as the box's user. Failures are `REMOTE` errors with `errnoName`. */
export interface BoxdFiles {
  /** Streams a regular file; an error (a missing file too) ends the stream. */
  read(path: BoxdText, options?: ReadOptions): Readable;
  /** Collects a regular file. @default limitBytes 64 MiB */
  readFile(path: BoxdText, options?: ReadOptions & { limitBytes?: number }): Promise<Buffer>;
  write(
    path: BoxdText,
    content: Uint8Array | string | AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    options?: WriteOptions,
  ): Promise<void>;
  /** Entries as they are found, without "." and "..", in the directory's own order. */
  list(path: BoxdText, options?: { signal?: AbortSignal }): AsyncGenerator<BoxdEntry>;
  /** @default follow true */
  stat(path: BoxdText, options?: { follow?: boolean }): Promise<BoxdStat>;
  mkdir(path: BoxdText, options?: { parents?: boolean; mode?: number }): Promise<void>;
  rename(from: BoxdText, to: BoxdText): Promise<void>;
  /** Never follows a symbolic link. */
  remove(path: BoxdText, options?: { recursive?: boolean; signal?: AbortSignal }): Promise<void>;
}
