import { BoxError } from "./box-error.ts";
import { ChunkQueue } from "./chunk-queue.ts";
import type { ExecChunk } from "./exec-chunk.ts";
import { ExecChunkDecoder } from "./exec-chunk-decoder.ts";
import type { ExecEvent } from "./exec-event.ts";
import type { ExecSessionOptions } from "./exec-session-options.ts";

/** Unread output above which the program is held up, like at a full pipe; below the other it goes on. */
const HOLD_BYTES = 4 * 1024 * 1024;
const RELEASE_BYTES = 1024 * 1024;
/** Unread output that a session fails at, where the runtime cannot hold the program up. */
const MAX_UNREAD_BYTES = 64 * 1024 * 1024;
/** What a chunk takes in memory besides its data. */
const CHUNK_BYTES = 64;

/** The output of a session on its way to the caller: to functions, or to a loop that may be slow. */
export class SessionOutput<Data extends string | Uint8Array> {
  readonly #options: ExecSessionOptions;
  readonly #hold: (isHeld: boolean) => void;
  readonly #decoder: ExecChunkDecoder<Data>;
  readonly #queue = new ChunkQueue<ExecChunk<Data>>((bytes) => this.#onUnread(bytes));
  #isWaitedFor = false;
  #unread = 0;

  /** @param hold asks the program's side to stop sending, and to go on */
  constructor(options: ExecSessionOptions, hold: (isHeld: boolean) => void) {
    this.#options = options;
    this.#hold = hold;
    this.#decoder = new ExecChunkDecoder(options.encoding ?? "utf8");
  }

  /** @throws BoxError when the caller's own function threw, or much more came than was read */
  push(event: ExecEvent): void {
    const { onStdout, onStderr } = this.#options;
    const isTold = event.type !== "exit" && (onStdout ?? onStderr) !== undefined;
    if (isTold && event.type === "stdout") call("onStdout", onStdout, event.bytes);
    else if (isTold && event.type === "stderr") call("onStderr", onStderr, event.bytes);
    else this.#enqueue(this.#decoder.push(event));
    if (this.#unread > MAX_UNREAD_BYTES) {
      throw new BoxError(
        "response_too_large",
        `The session has more than ${MAX_UNREAD_BYTES} bytes that nobody reads. Read it, or pass onStdout.`,
      );
    }
  }

  /** What came before is still handed out. */
  end(error?: BoxError): void {
    this.#enqueue(this.#decoder.end());
    this.#queue.end(error);
  }

  read(): AsyncGenerator<ExecChunk<Data>, void, undefined> {
    return this.#queue.read();
  }

  /** From now on somebody waits for the program's end: output without a reader must not keep it. */
  waitForEnd(): void {
    this.#isWaitedFor = true;
    this.#onUnread(this.#unread);
  }

  #enqueue(chunks: ExecChunk<Data>[]): void {
    for (const chunk of chunks) {
      this.#queue.push(chunk, CHUNK_BYTES + (chunk.type === "exit" ? 0 : chunk.data.length));
    }
  }

  #onUnread(bytes: number): void {
    this.#unread = bytes;
    if (bytes >= HOLD_BYTES && this.#isWaitedFor && this.#queue.abandonUnread()) return;
    if (bytes >= HOLD_BYTES) this.#hold(true);
    else if (bytes <= RELEASE_BYTES) this.#hold(false);
  }
}

function call(
  name: string,
  listener: ((data: Uint8Array) => void) | undefined,
  data: Uint8Array,
): void {
  try {
    listener?.(data);
  } catch (cause) {
    throw new BoxError("invalid_argument", `The ${name} function threw. Correct it.`, { cause });
  }
}
