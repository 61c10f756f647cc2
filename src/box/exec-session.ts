import { bytesToBase64 } from "./base64.ts";
import { BoxError } from "./box-error.ts";
import type { Deadline } from "./deadline.ts";
import { deferred } from "./deferred.ts";
import type { ExecChunk } from "./exec-chunk.ts";
import { type ExecSessionEvent, toSessionEvent } from "./exec-session-event.ts";
import type { ExecSessionOptions } from "./exec-session-options.ts";
import { requireTerminalSize } from "./require-terminal-size.ts";
import { CLOSED_WITHOUT_A_WORD, SessionConnection } from "./session-connection.ts";
import { SessionOutput } from "./session-output.ts";
import type { WebSocketLike } from "./web-socket.ts";
import type { ExecSessionClientFrame } from "./wire.ts";

/** Input goes out in pieces of this size: a signal waits for one of them, not for all. */
const INPUT_BYTES = 64 * 1024;

/** What may be sent to a program. */
const SIGNALS = ["TERM", "KILL", "INT", "HUP", "TSTP", "QUIT", "USR1", "USR2"] as const;
type AnyString = string & {};

/** `wait()` of a session that was closed before its program had ended. */
const NO_EXIT_CODE = -1;

/** Where an {@link ExecSession} comes from. */
export interface ExecSessionSource {
  socket: WebSocketLike;
  start: Extract<ExecSessionClientFrame, { type: "start" }>;
  options: ExecSessionOptions;
  /** Of the whole session. */
  deadline: Deadline;
  /** What is running, for messages. */
  operation: string;
}

/**
 * A program that runs in a box and can be talked to. It lives as long as its session: `close()`, a lost
 * connection and the end of this process end it, with all that it has started.
 *
 * Its output is read with `for await`, or given to `onStdout` and `onStderr`. A loop that is left early
 * may be followed by another, which goes on from there. Output that nobody reads holds the program up.
 *
 * @typeParam Data `string`, or `Uint8Array` with `encoding: "bytes"`.
 * @example
 * await using session = await box.exec.session({ argv: ["sort"] });
 * session.write("banana\napple\n");
 * session.endStdin();
 * for await (const chunk of session) if (chunk.type === "stdout") console.log(chunk.data);
 * await session.wait(); // 0
 */
export class ExecSession<Data extends string | Uint8Array = string>
  implements AsyncIterable<ExecChunk<Data>>, AsyncDisposable
{
  readonly #source: ExecSessionSource;
  readonly #connection: SessionConnection;
  readonly #output: SessionOutput<Data>;
  readonly #started = deferred<void>();
  readonly #exit = deferred<number>();
  #process = { pid: 0, execId: "" };
  #exitCode: number | undefined;
  #isOver = false;
  #input: Promise<void> = Promise.resolve();
  /** What the service has last found wrong. */
  #complaint: BoxError | undefined;

  /** @internal Use `box.exec.session`. */
  constructor(source: ExecSessionSource) {
    this.#source = source;
    this.#connection = new SessionConnection(source.socket, {
      opened: () => this.#connection.send(source.start),
      message: (data) => this.#onMessage(data),
      closed: (code, cause) => this.#onClosed(code, cause),
    });
    this.#output = new SessionOutput(source.options, (isHeld) => this.#connection.pause(isHeld));
  }

  /** @internal Resolves when the program runs, rejects when it will not. */
  get started(): Promise<void> {
    return this.#started.promise;
  }

  /** The program's process id in the box. */
  get pid(): number {
    return this.#process.pid;
  }

  /** The service's id of the run. */
  get execId(): string {
    return this.#process.execId;
  }

  /** The program's exit code, 128 and the number of the signal that ended it; undefined before. */
  get exitCode(): number | undefined {
    return this.#exitCode;
  }

  /**
   * Gives the program input: text as UTF-8, or bytes.
   *
   * @returns when there is room for more, so wait for it when there is much. Never rejects: input for a
   * program that has ended is dropped, and {@link ExecSession.wait} tells how it ended.
   */
  write(data: string | Uint8Array): Promise<void> {
    const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
    this.#input = this.#input.then(() => this.#sendInput(bytes));
    return this.#input;
  }

  /** Ends the input, after what was written: a program that reads to the end of it can finish. */
  endStdin(): void {
    this.#input = this.#input.then(() => this.#connection.send({ type: "stdin_close" }));
  }

  /**
   * Tells the program the new size of its terminal.
   *
   * @throws BoxError `invalid_argument` for a size that no terminal has.
   */
  resize(rows: number, cols: number): void {
    requireTerminalSize({ rows, cols });
    this.#connection.send({ type: "resize", rows, cols });
  }

  /**
   * Sends a signal to the program; `INT` is Ctrl-C. `KILL` reaches all that it has started, too.
   *
   * @throws BoxError `invalid_argument` for one that may not be sent.
   */
  kill(signal: (typeof SIGNALS)[number] | AnyString = "TERM"): void {
    const name = signal.replace(/^SIG/, "");
    if (!SIGNALS.some((known) => known === name)) {
      throw new BoxError(
        "invalid_argument",
        `Signal ${signal} cannot be sent to a session. Use one of ${SIGNALS.join(", ")}.`,
      );
    }
    this.#connection.send({ type: "signal", signal: name });
  }

  /**
   * Asks the program to end, and kills it when it does not. Once asked, the time is not changed.
   *
   * @param graceMs Milliseconds that it has. @default the service's, 5000 of an engine
   */
  terminate(graceMs?: number): void {
    const grace = graceMs === undefined ? {} : { graceMs: Math.max(0, Math.ceil(graceMs)) };
    this.#connection.send({ type: "terminate", ...grace });
  }

  /**
   * Waits for the program's end. Much output that no loop has begun to read is let go, so that it cannot
   * hold the program up.
   *
   * @returns its exit code; -1 when the session was closed before.
   * @throws BoxError when the session was lost, aborted, or its time is over.
   */
  wait(): Promise<number> {
    this.#output.waitForEnd();
    return this.#exit.promise;
  }

  /** Hangs up, which ends a program that still runs. Resolves when the connection is gone. */
  close(): Promise<void> {
    this.#end(NO_EXIT_CODE);
    return this.#connection.gone;
  }

  /** Hangs up at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** The output, then `exit`, last; a session that is closed ends without. */
  [Symbol.asyncIterator](): AsyncGenerator<ExecChunk<Data>, void, undefined> {
    return this.#output.read();
  }

  /** @internal Ends it with what its loop and `wait()` throw. The first end counts. */
  fail(error: BoxError): void {
    if (!this.#finish()) return;
    this.#output.end(error);
    this.#started.reject(error);
    this.#exit.reject(error);
  }

  async #sendInput(bytes: Uint8Array): Promise<void> {
    for (let offset = 0; offset < bytes.length && !this.#isOver; offset += INPUT_BYTES) {
      const piece = bytes.subarray(offset, offset + INPUT_BYTES);
      this.#connection.send({ type: "stdin", data: bytesToBase64(piece) });
      await this.#connection.drained();
    }
  }

  #onMessage(data: unknown): void {
    if (this.#isOver) return;
    const event = toSessionEvent(data);
    try {
      if (BoxError.isInstance(event)) throw event;
      if (event !== undefined) this.#onEvent(event);
    } catch (error) {
      this.fail(this.#source.deadline.toError(error, this.#source.operation));
    }
  }

  #onEvent(event: ExecSessionEvent): void {
    if (event.type === "started") {
      this.#process = event;
      this.#started.resolve();
    } else if (event.type === "complaint") {
      // The service hangs up after one that it cannot go on with.
      this.#complaint = event.error;
    } else {
      this.#output.push(event);
      if (event.type === "exit") this.#end(event.exitCode);
    }
  }

  #onClosed(code: number, cause: unknown): void {
    const { deadline, operation } = this.#source;
    if (this.#complaint !== undefined) this.fail(this.#complaint);
    else if (code === CLOSED_WITHOUT_A_WORD || cause !== undefined) {
      this.fail(deadline.toError(cause ?? "closed without a word", operation));
    } else this.fail(endedEarly(operation));
  }

  #end(exitCode: number): void {
    if (!this.#finish()) return;
    if (exitCode !== NO_EXIT_CODE) this.#exitCode = exitCode;
    this.#output.end();
    this.#started.resolve();
    this.#exit.resolve(exitCode);
  }

  #finish(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#source.deadline.clear();
    this.#connection.hangUp();
    return true;
  }
}

function endedEarly(operation: string): BoxError {
  return new BoxError(
    "stream_ended",
    `${operation} stopped without saying how it ended. Look at the box's runs before you try again.`,
  );
}
