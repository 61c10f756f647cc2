import type { CallOptions } from "./options.ts";

/** What `exec.session` takes: the program, where it runs, and how it is talked to. */
export interface ExecSessionOptions extends CallOptions {
  /** The program and its arguments, which no shell sees: use this when a part comes from somebody else. */
  argv?: readonly string[] | undefined;
  /** A line for `bash -lc`; `argv` goes before it. */
  cmd?: string | undefined;
  /** Gives the program a terminal: prompts, colours, Ctrl-C. Everything is `stdout` then. @default false */
  tty?: boolean | undefined;
  /** Lines of the terminal. @default the service decides, 24 here */
  rows?: number | undefined;
  /** Columns of the terminal. @default the service decides, 80 here */
  cols?: number | undefined;
  /** Where the program works, relative to `box.cwd` or absolute. @default box.cwd */
  cwd?: string | undefined;
  /** Variables for this program, `{ NAME: "value" }` or `["NAME=value"]`. */
  env?: Readonly<Record<string, string>> | readonly string[] | undefined;
  /** `bytes` gives each chunk's `data` as a `Uint8Array`, for output that is not text. @default "utf8" */
  encoding?: "utf8" | "bytes" | undefined;
  /** Called with standard output as it comes, in the place of a loop: what it is slow with is kept. */
  onStdout?: ((data: Uint8Array) => void) | undefined;
  /** Called with standard error, like `onStdout`. */
  onStderr?: ((data: Uint8Array) => void) | undefined;
  /** Milliseconds that the session may last; then it fails with `timeout`. 0 means no limit. @default 0 */
  timeout?: number | undefined;
}
