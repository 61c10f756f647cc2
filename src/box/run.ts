import type { CallOptions } from "./options.ts";
import type { RunCost, RunState } from "./run-state.ts";
import type { LogEntry, RunStatus } from "./wire.ts";

/** A line of the box's log. */
export interface RunLog {
  /** RFC 3339. */
  timestamp: string;
  level: LogEntry["level"];
  message: string;
}

/**
 * One command or agent run, and how it went. A command that fails is a run like any other, with
 * status `failed`; only what could not be carried out throws.
 *
 * @typeParam Result `string`, or what `responseSchema` makes of the agent's answer.
 * @example
 * const run = await box.exec.command("npm test");
 * if (run.status === "failed") console.error(run.exitCode, run.stderr);
 */
export class Run<Result = string> {
  readonly #state: RunState<Result>;

  /** @internal */
  constructor(state: RunState<Result>) {
    this.#state = state;
  }

  /** The service's id of the run; until the service has told it, one of the SDK's own. */
  get id(): string {
    return this.#state.id;
  }

  /**
   * `running`, then `completed` (a command: exit code 0), `failed`, `cancelled`, or `detached` when
   * the reader left a stream early and the run goes on without it.
   */
  get status(): RunStatus {
    return this.#state.status;
  }

  /**
   * What the run was for. A command: its standard output, or when it failed its standard error (its
   * standard output when that is empty), without the last line's newline. An agent: its final answer,
   * parsed when there is a `responseSchema`; of a stream that still runs, the text so far.
   */
  get result(): Result {
    return this.#state.result();
  }

  /** What the run has used so far. */
  get cost(): RunCost {
    return this.#state.cost;
  }

  /** The command's exit code; undefined for an agent, and while it is not known. */
  get exitCode(): number | undefined {
    return this.#state.exitCode;
  }

  /** Standard output, byte for byte as far as it is UTF-8. The last part, when `truncated`. */
  get stdout(): string {
    return this.#state.stdout.toString();
  }

  /** Standard error, like {@link Run.stdout}. */
  get stderr(): string {
    return this.#state.stderr.toString();
  }

  /** Whether the output was longer than what is kept of a stream, so that its beginning is gone. */
  get truncated(): boolean {
    return this.#state.stdout.truncated || this.#state.stderr.truncated;
  }

  /**
   * Asks the service to stop the run; the status becomes `cancelled`. For a run that is over nothing
   * happens in the box. To stop a command while it is awaited, pass `signal`, or use `exec.stream`.
   *
   * @throws BoxError when the service cannot be asked; the status is as before then.
   */
  async cancel(options: CallOptions = {}): Promise<void> {
    if (this.#state.status === "cancelled") return;
    await this.#state.cancelRemote(this.#state.id, options);
    this.#state.status = "cancelled";
  }

  /**
   * What the box's log says since the run began: its own lines, and those of others that ran meanwhile.
   *
   * @example
   * for (const { level, message } of await run.logs()) console.log(level, message);
   */
  async logs(options: CallOptions = {}): Promise<RunLog[]> {
    // The log's times are in whole seconds.
    const since = Math.floor(this.#state.startedAt / 1000);
    const entries = await this.#state.readLog(options);
    return entries
      .filter(({ timestamp }) => timestamp >= since)
      .map(({ timestamp, level, message }) => ({
        timestamp: new Date(timestamp * 1000).toISOString(),
        level,
        message,
      }));
  }
}
