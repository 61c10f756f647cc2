import type { Readable, Writable } from "node:stream";
import type { BoxdExit, SignalTarget } from "./types.ts";

/** A process in the box. */
export interface BoxdProcess {
  readonly pid: number;
  /** Whether it runs on a terminal of its own (`pty`). */
  readonly hasTerminal: boolean;
  /** Null unless `stdin: "open"` or `pty`. Ending it closes the process's stdin. */
  readonly stdin: Writable | null;
  /** Null with `stdout: "ignore"`. What is not read holds the process up, and its `exit` too. */
  readonly stdout: Readable | null;
  /** Null with `pty`, `mergeStderr` or `stderr: "ignore"`. */
  readonly stderr: Readable | null;
  /** Resolves after the last output; rejects with `CLOSED` when the connection ends before. */
  readonly exit: Promise<BoxdExit>;
  /** Whether it was killed because its `timeout` was over. */
  readonly timedOut: boolean;
  /** Does nothing once the process has ended. @default target "group" */
  signal(signal: NodeJS.Signals | number, target?: SignalTarget): void;
  /** Sets the terminal's size. Only with `pty`. */
  resize(rows: number, columns: number): void;
}
