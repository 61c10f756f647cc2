import type { Duplex } from "node:stream";
import { dial } from "./dial.ts";
import type { BoxdError } from "./error.ts";
import { BoxdFiles } from "./files.ts";
import { listen } from "./listen.ts";
import type { BoxdProcess } from "./process.ts";
import { run } from "./run.ts";
import { start } from "./start.ts";
import { Transport } from "./transport.ts";
import type {
  BoxdListener,
  DialOptions,
  ListenOptions,
  RunOptions,
  RunResult,
  StartOptions,
} from "./types.ts";

/**
 * One connection to the boxd of one box. Every byte from it is treated as hostile: what breaks the
 * protocol ends the connection with a `PROTOCOL` error, and everything pending rejects with it.
 */
export class BoxdConnection {
  /** What boxd said of itself. */
  readonly hello: { protocol: number; version: string };
  /** Resolves when the connection has ended: with the reason, or undefined after `close()`. */
  readonly closed: Promise<BoxdError | undefined>;
  readonly files: BoxdFiles;
  readonly #transport: Transport;

  private constructor(transport: Transport, hello: { protocol: number; version: string }) {
    this.#transport = transport;
    this.hello = hello;
    this.closed = transport.closed;
    this.files = new BoxdFiles(transport);
  }

  /**
   * Resolves when boxd has said who it is; rejects when it says nothing of the sort. The stream
   * belongs to the connection from then on, also when it rejects.
   */
  static async connect(
    stream: Duplex,
    options: { signal?: AbortSignal } = {},
  ): Promise<BoxdConnection> {
    const transport = new Transport(stream);
    const abort = (): void => transport.end();
    options.signal?.addEventListener("abort", abort, { once: true });
    try {
      if (options.signal?.aborted) abort();
      return new BoxdConnection(transport, await transport.hello);
    } catch (error) {
      options.signal?.throwIfAborted();
      throw error;
    } finally {
      options.signal?.removeEventListener("abort", abort);
    }
  }

  /** Rejects with `REMOTE` and `errnoName` when it cannot be started (ENOENT: no such program). */
  start(options: StartOptions): Promise<BoxdProcess> {
    return start(this.#transport, options);
  }

  /** Starts, collects and waits. A non-zero exit is a result, not an error. */
  run(options: RunOptions): Promise<RunResult> {
    return run(this.#transport, options);
  }

  /**
   * Opens a TCP connection from within the box's network. The stream is half-open like a socket: each
   * direction ends by itself, and `destroy()` ends both. A peer that breaks it off is an `error`.
   *
   * Rejects with `REMOTE` and `errnoName` when it cannot be opened (ECONNREFUSED: nobody listens there).
   */
  dial(options: DialOptions): Promise<Duplex> {
    return dial(this.#transport, options);
  }

  /**
   * Serves a port of the box's own loopback. Programs of the box reach it whatever else they may reach.
   *
   * Rejects with `REMOTE` and `errnoName` when it is not to be had (EADDRINUSE: somebody listens there).
   */
  listen(options: ListenOptions): Promise<BoxdListener> {
    return listen(this.#transport, options);
  }

  /** Ends the connection, and with it everything that runs in the box. */
  close(): void {
    this.#transport.end();
  }
}
