import { Writable } from "node:stream";
import { BoxdError } from "./error.ts";
import type { Fields } from "./fields.ts";
import type { Receiver } from "./inbound.ts";
import { Outbound } from "./outbound.ts";
import { FRAME, SIGNAL_TARGET, STREAM, TAG } from "./protocol.ts";
import { remoteError } from "./remote-error.ts";
import { signalName, signalNumber } from "./signals.ts";
import { startFields } from "./start-fields.ts";
import type { Channel, Transport } from "./transport.ts";
import type { BoxdExit, SignalTarget, StartOptions } from "./types.ts";

/** Room for a reader in Node that is a few turns of its loop behind a fast program. */
const DEFAULT_WINDOW_BYTES = 1024 * 1024;

/** A longer time overflows Node's timer, which then fires at once. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** Makes the receiver of one stream, which grants credit through the given function. */
export type MakeReceiver = (windowBytes: number, grant: (bytes: number) => void) => Receiver;

/** The channel of one process: from START to EXIT or ERROR. */
export class ProcessChannel implements Channel {
  /** Rejects when the process could not be started. */
  readonly started: Promise<number>;
  readonly exit: Promise<BoxdExit>;
  readonly stdin: Writable | null;
  readonly stdout: Receiver | null;
  readonly stderr: Receiver | null;
  readonly #transport: Transport;
  readonly #id: number;
  readonly #outbound: Outbound | undefined;
  readonly #terminal: boolean;
  readonly #abortSignal: AbortSignal | undefined;
  readonly #timeout: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #timedOut = false;
  #isStarted = false;
  #isOver = false;
  #resolveStarted: (pid: number) => void = () => {};
  #rejectStarted: (error: unknown) => void = () => {};
  #resolveExit: (exit: BoxdExit) => void = () => {};
  #rejectExit: (error: unknown) => void = () => {};

  constructor(transport: Transport, options: StartOptions, makeReceiver: MakeReceiver) {
    options.signal?.throwIfAborted();
    const windowBytes = options.windowBytes ?? DEFAULT_WINDOW_BYTES;
    const fields = startFields(options, windowBytes);
    this.#transport = transport;
    this.#terminal = options.pty !== undefined;
    const receiver = (stream: number): Receiver =>
      makeReceiver(windowBytes, (bytes) => this.#grant(stream, bytes));
    this.stdout = options.stdout === "ignore" ? null : receiver(STREAM.STDOUT);
    const hasStderr = !this.#terminal && !options.mergeStderr && options.stderr !== "ignore";
    this.stderr = hasStderr ? receiver(STREAM.STDERR) : null;
    this.started = new Promise((resolve, reject) => {
      this.#resolveStarted = resolve;
      this.#rejectStarted = reject;
    });
    this.exit = new Promise((resolve, reject) => {
      this.#resolveExit = resolve;
      this.#rejectExit = reject;
    });
    this.exit.catch(() => {});
    if (this.#terminal || options.stdin === "open") {
      this.#outbound = new Outbound((bytes, done) => {
        transport.sendData(this.#id, FRAME.STDIN, bytes, done);
      });
      this.stdin = this.#makeStdin(this.#outbound);
    } else {
      this.stdin = null;
    }
    this.#id = transport.open(this, FRAME.START, fields);
    this.#timeout = options.timeout;
    this.#abortSignal = options.signal;
    this.#abortSignal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  get timedOut(): boolean {
    return this.#timedOut;
  }

  signal(signal: NodeJS.Signals | number, target: SignalTarget = "group"): void {
    const number = signalNumber(signal);
    if (this.#isOver) return;
    this.#transport.send(this.#id, FRAME.SIGNAL, [
      [TAG.SIGNAL, number],
      [TAG.SIGNAL_TARGET, SIGNAL_TARGET[target]],
    ]);
  }

  resize(rows: number, columns: number): void {
    if (!this.#terminal)
      throw new BoxdError("ARGUMENT", "Expected a process with a `pty` to resize");
    if (this.#isOver) return;
    this.#transport.send(this.#id, FRAME.RESIZE, [
      [TAG.ROWS, rows],
      [TAG.COLUMNS, columns],
    ]);
  }

  onMessage(type: number, fields: Fields): boolean {
    if (type === FRAME.STARTED && !this.#isStarted) {
      this.#isStarted = true;
      this.#startTimer();
      this.#resolveStarted(fields.u32(TAG.PID));
      return false;
    }
    if (type === FRAME.ERROR && !this.#isStarted) {
      this.#end(remoteError(fields));
      return true;
    }
    if (type === FRAME.EXIT && this.#isStarted) {
      this.#onExit(readExit(fields));
      return true;
    }
    if (type === FRAME.CREDIT && this.#outbound !== undefined) {
      this.#outbound.credit(fields.u32(TAG.CREDIT));
      return false;
    }
    if (type === FRAME.STDIN_CLOSE && this.#outbound !== undefined) {
      this.#outbound.drop();
      return false;
    }
    throw new BoxdError("PROTOCOL", `boxd sent frame type ${type} for a process, out of turn`);
  }

  onData(type: number, chunk: Buffer): void {
    const receiver = this.#receiverOf(type);
    if (!this.#isStarted || receiver === null) {
      throw new BoxdError("PROTOCOL", `boxd sent data of type ${type} for a process without it`);
    }
    receiver.accept(chunk);
  }

  onLost(error: BoxdError): void {
    this.#end(error);
  }

  #receiverOf(type: number): Receiver | null {
    if (type === FRAME.STDOUT) return this.stdout;
    return type === FRAME.STDERR ? this.stderr : null;
  }

  #grant(stream: number, bytes: number): void {
    if (this.#isOver) return;
    this.#transport.send(this.#id, FRAME.CREDIT, [
      [TAG.CREDIT, bytes],
      [TAG.STREAM, stream],
    ]);
  }

  #onExit(exit: BoxdExit): void {
    this.#settle();
    this.#outbound?.drop();
    this.stdout?.finish();
    this.stderr?.finish();
    this.#resolveExit(exit);
  }

  #end(error: unknown): void {
    this.#settle();
    const lost = error instanceof BoxdError ? error : new BoxdError("CLOSED", "ended");
    this.#outbound?.fail(lost);
    this.stdin?.destroy();
    this.stdout?.fail(lost);
    this.stderr?.fail(lost);
    this.#rejectStarted(error);
    this.#rejectExit(error);
  }

  #startTimer(): void {
    if (this.#timeout === undefined) return;
    this.#timer = setTimeout(
      () => {
        this.#timedOut = true;
        this.signal("SIGKILL", "tree");
      },
      Math.min(this.#timeout, LONGEST_TIMEOUT_MS),
    );
  }

  #settle(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#abortSignal?.removeEventListener("abort", this.#onAbort);
  }

  readonly #onAbort = (): void => {
    this.signal("SIGKILL", "tree");
    // A process that is not there yet is nobody's any more; its frames are still taken in.
    this.#rejectStarted(this.#abortSignal?.reason);
  };

  #makeStdin(outbound: Outbound): Writable {
    const stdin = new Writable({
      highWaterMark: 64 * 1024,
      write: (chunk: Buffer, _encoding, callback) => outbound.write(chunk, callback),
      final: (callback) => {
        if (!this.#isOver) this.#transport.send(this.#id, FRAME.STDIN_CLOSE, []);
        callback();
      },
      destroy: (error, callback) => {
        // Destroyed without an end by its owner: the process must see one all the same.
        if (!this.#isOver && !stdin.writableFinished) {
          this.#transport.send(this.#id, FRAME.STDIN_CLOSE, []);
        }
        outbound.drop();
        callback(error);
      },
    });
    stdin.on("error", () => {});
    return stdin;
  }
}

function readExit(fields: Fields): BoxdExit {
  const hasCode = fields.has(TAG.EXIT_CODE);
  if (hasCode === fields.has(TAG.SIGNAL)) {
    throw new BoxdError("PROTOCOL", "boxd sent an exit with neither or both of code and signal");
  }
  return {
    code: hasCode ? fields.u32(TAG.EXIT_CODE) : null,
    signal: hasCode ? null : signalName(fields.u32(TAG.SIGNAL)),
    cpuNanoseconds: fields.u64(TAG.CPU_NANOSECONDS),
    maxRssBytes: fields.size(TAG.MAX_RSS_BYTES),
  };
}
