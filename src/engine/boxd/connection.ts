import type { Duplex } from "node:stream";
import { BoxdError } from "./error.ts";
import type { BoxdFiles } from "./files.ts";
import type { BoxdProcess } from "./process.ts";
import type { RunOptions, RunResult, StartOptions } from "./types.ts";

/** One connection to the boxd of one box. */
export abstract class BoxdConnection {
  /** Resolves when boxd has said who it is; rejects when it says nothing of the sort. */
  static connect(_stream: Duplex, _options?: { signal?: AbortSignal }): Promise<BoxdConnection> {
    return Promise.reject(new BoxdError("CLOSED", "not built yet"));
  }

  /** What boxd said of itself. */
  abstract readonly hello: { protocol: number; version: string };
  /** Resolves when the connection has ended: with the reason, or undefined after `close()`. */
  abstract readonly closed: Promise<BoxdError | undefined>;
  abstract readonly files: BoxdFiles;
  /** Rejects with `REMOTE` and `errnoName` when it cannot be started (ENOENT: no such program). */
  abstract start(options: StartOptions): Promise<BoxdProcess>;
  /** Starts, collects and waits. A non-zero exit is a result, not an error. */
  abstract run(options: RunOptions): Promise<RunResult>;
  /** Ends the connection, and with it everything that runs in the box. */
  abstract close(): void;
}
