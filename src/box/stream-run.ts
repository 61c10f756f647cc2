import { BoxError } from "./box-error.ts";
import type { Deadline } from "./deadline.ts";
import type { CallOptions } from "./options.ts";
import { Run } from "./run.ts";
import type { RunState } from "./run-state.ts";

/** Turns the bytes of an answer into chunks; an error among them ends the run. */
export interface ChunkParser<Chunk> {
  push(piece: Uint8Array): (Chunk | BoxError)[];
  /** Called once, when the answer has ended. */
  end(): (Chunk | BoxError)[];
}

/** Where a {@link StreamRun} comes from. */
export interface StreamSource<Result, Chunk> {
  state: RunState<Result>;
  body: ReadableStream<Uint8Array>;
  deadline: Deadline;
  parser: ChunkParser<Chunk>;
  /** Takes a chunk into the state, before the reader sees it. */
  apply: (chunk: Chunk) => void | Promise<void>;
  /** What is running, for messages. */
  operation: string;
  /** Milliseconds to wait for the end of the answer once the run has said how it ended. */
  endGrace: number;
}

/**
 * A run whose output can be read while it is made, once, with `for await`. Leaving the loop early
 * detaches: the run goes on, its status is `detached`, the connection is closed. To stop it, call
 * `cancel()`. A run that is neither read nor cancelled keeps its connection: use `await using` to be
 * sure that it is let go.
 *
 * @typeParam Result As in {@link Run}.
 * @typeParam Chunk `ExecChunk` or `AgentChunk`.
 * @example
 * await using stream = await box.exec.stream("npm test");
 * for await (const chunk of stream) if (chunk.type !== "exit") process.stdout.write(chunk.data);
 * stream.exitCode; // 0
 */
export class StreamRun<Result, Chunk> extends Run<Result> implements AsyncIterable<Chunk> {
  readonly #source: StreamSource<Result, Chunk>;
  #read = false;

  /** @internal */
  constructor(source: StreamSource<Result, Chunk>) {
    super(source.state);
    this.#source = source;
  }

  /**
   * Stops the run and ends the loop that reads it, without an error there; the status becomes
   * `cancelled`. A run that is over stays as it is.
   *
   * @throws BoxError when the service cannot be asked to stop it; the status is `detached` then, as
   * the run may go on.
   */
  override async cancel(options: CallOptions = {}): Promise<void> {
    const { state, deadline } = this.#source;
    if (state.status !== "running" && state.status !== "detached") return;
    state.status = "cancelled";
    this.#letGo();
    deadline.release();
    try {
      await state.cancelRemote(state.id, options);
    } catch (error) {
      state.status = "detached";
      throw error;
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Chunk, void, undefined> {
    if (this.#read) {
      throw new BoxError("invalid_argument", "This stream was read already. Keep its chunks.");
    }
    this.#read = true;
    const { state, deadline, operation, apply } = this.#source;
    if (state.status === "cancelled" || state.status === "detached") return;
    try {
      for await (const items of this.#batches()) {
        for (const item of items) {
          if (BoxError.isInstance(item)) throw item;
          const pending = apply(item as Chunk);
          if (pending) await pending;
          yield item as Chunk;
          if (isCancelled(state)) return;
        }
      }
      if (state.status === "running") throw endedEarly(operation);
    } catch (error) {
      if (isCancelled(state)) return;
      const failure = deadline.toError(error, operation);
      if (deadline.fired) this.#cancelInBackground();
      else state.status = "failed";
      failure.run ??= this;
      throw failure;
    } finally {
      if (state.status === "running") state.status = "detached";
      deadline.release();
    }
  }

  /** Lets the connection go: like leaving the loop early. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { state, deadline } = this.#source;
    if (state.status === "running") state.status = "detached";
    this.#letGo();
    deadline.release();
  }

  /** What each read of the answer holds: a generator of single chunks below another is twice as slow. */
  async *#batches(): AsyncGenerator<(Chunk | BoxError)[], void, undefined> {
    const { state, body, parser, deadline } = this.#source;
    const reader = body.getReader();
    let grace: ReturnType<typeof setTimeout> | undefined;
    try {
      for (;;) {
        if (state.status !== "running" && grace === undefined) {
          grace = setTimeout(() => deadline.release(), this.#source.endGrace);
        }
        const read = await reader.read().catch((error: unknown) => {
          // The run has said how it ended: how the connection ends does not matter any more.
          if (state.status === "running") throw error;
          return undefined;
        });
        if (read === undefined) return;
        yield read.done ? parser.end() : parser.push(read.value);
        if (read.done) return;
      }
    } finally {
      clearTimeout(grace);
      // Never awaited: on a broken connection it rejects, on a hung one it hangs.
      reader.cancel().catch(() => {});
    }
  }

  /** The caller has given up on the run and gets its error at once; the service is told meanwhile. */
  #cancelInBackground(): void {
    const { state } = this.#source;
    state.status = "cancelled";
    state.cancelRemote(state.id).catch(() => {});
  }

  /** Drops an answer that nobody has begun to read. */
  #letGo(): void {
    const { body } = this.#source;
    if (!body.locked) body.cancel().catch(() => {});
  }
}

/** A function, as the status changes behind the compiler's back. */
function isCancelled(state: RunState<unknown>): boolean {
  return state.status === "cancelled";
}

function endedEarly(operation: string): BoxError {
  return new BoxError(
    "stream_ended",
    `${operation} stopped without saying how the run ended. Look at the box's runs before you try again.`,
  );
}
