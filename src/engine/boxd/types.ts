import type { Duplex } from "node:stream";

/** A string is sent as UTF-8; a `Uint8Array` byte for byte, for names that are not UTF-8. No NUL bytes. */
export type BoxdText = string | Uint8Array;

/** Numeric ids as the box's own user namespace sees them. */
export interface BoxdUser {
  uid: number;
  gid: number;
  /** @default [] */
  groups?: readonly number[];
}

/** What to start. Nothing is inherited from boxd: the environment is exactly `env`. */
export interface StartOptions {
  /** Program and arguments. A program without a slash is looked up in the `PATH` of `env`. */
  argv: readonly BoxdText[];
  /** Working directory inside the box. @default "/" */
  cwd?: BoxdText;
  /** The whole environment, as an object or as raw `NAME=value` entries. @default {} */
  env?: Readonly<Record<string, string>> | readonly BoxdText[];
  /** Run as this user; needs the privilege inside the box. @default the user that boxd runs as */
  user?: BoxdUser;
  /** Run on a terminal of its own: one stream, `stderr` is absent, `stdin` is open. */
  pty?: { rows: number; columns: number };
  /** Send stderr into stdout, in the order written. @default false */
  mergeStderr?: boolean;
  /** "open" gives a writable `stdin`; "ignore" is /dev/null. @default "ignore" (with `pty`: "open") */
  stdin?: "open" | "ignore";
  /** "ignore" is /dev/null: no output, and `exit` waits for no reader. @default "pipe" */
  stdout?: "pipe" | "ignore";
  /** @default "pipe" */
  stderr?: "pipe" | "ignore";
  /** Bytes that boxd may send ahead of the reader, for each stream. @default 1 MiB */
  windowBytes?: number;
  /** Abort kills the process and all its descendants with SIGKILL. */
  signal?: AbortSignal;
  /** Milliseconds after the start; then the same is done, and `timedOut` is true. @default none */
  timeout?: number;
}

/** How a process ended: exactly one of `code` and `signal` is not null. */
export interface BoxdExit {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** User and system time of the process and of the children it waited for. */
  cpuNanoseconds: bigint;
  /** Largest resident set of the process or of a child it waited for. */
  maxRssBytes: number;
}

/** Whom a signal reaches: the process group, or also all descendants and everything in its session. */
export type SignalTarget = "group" | "tree";

/** `start` options for a command whose output is collected. */
export interface RunOptions extends Omit<StartOptions, "stdin"> {
  /** Written to stdin, which is then closed. @default no stdin */
  input?: Uint8Array | string;
  /** Largest stdout, and largest stderr; above it the tree is killed and `run` rejects. @default 16 MiB */
  limitBytes?: number;
}

/** What a collected command left. */
export interface RunResult {
  exit: BoxdExit;
  stdout: Buffer;
  stderr: Buffer;
  /** Whether it was killed because its `timeout` was over. */
  timedOut: boolean;
}

export type BoxdFileType =
  | "file"
  | "directory"
  | "symlink"
  | "fifo"
  | "socket"
  | "character-device"
  | "block-device"
  | "unknown";

/** What `stat` and `list` say of a file. */
export interface BoxdStat {
  type: BoxdFileType;
  size: number;
  /** Nanoseconds since 1970. */
  mtimeNanoseconds: bigint;
  /** Permission bits, 0 to 0o7777. */
  mode: number;
  uid: number;
  gid: number;
  /** `stat` only. */
  inode?: bigint;
  /** Where a symbolic link points; `stat` without `follow` only. */
  target?: string;
}

/** One name in a directory; a symbolic link is itself, not what it points to. */
export interface BoxdEntry extends BoxdStat {
  /** The name as UTF-8; `rawName` has the bytes. */
  name: string;
  rawName: Buffer;
}

export interface ReadOptions {
  /** @default 0 */
  offset?: number;
  /** @default to the end of the file */
  length?: number;
  signal?: AbortSignal;
}

export interface WriteOptions {
  /** Permission bits. @default those of the file that was there, else 0o644 */
  mode?: number;
  /** Make missing parent directories (0o755). @default false */
  parents?: boolean;
  /** Add to the end instead of replacing. Not together with `atomic`. @default false */
  append?: boolean;
  /** Write beside and rename: a reader sees the old or the new content, never a half. @default false */
  atomic?: boolean;
  signal?: AbortSignal;
}

/** A port of the box's network that the engine serves. */
export interface ListenOptions {
  /** On 127.0.0.1. @default 0: the kernel chooses */
  port?: number;
  /** Given each connection, half-open like a socket. One that nobody destroys stays. */
  onConnection: (stream: Duplex) => void;
}

/** A port that is served until it is closed, or the box ends. */
export interface BoxdListener {
  readonly port: number;
  /** Resolves when it takes no more connections, for whatever reason. Those that stand go on. */
  readonly closed: Promise<void>;
  close(): void;
}

/** Where to connect to, from within the box. */
export interface DialOptions {
  port: number;
  /** An IPv4 or IPv6 address; names are not looked up. @default the box's loopback, 127.0.0.1 and then ::1 */
  host?: string;
  /** Bytes that boxd may send ahead of the reader. @default 256 KiB */
  windowBytes?: number;
  /** Gives up connecting, which has no limit of its own. A connection that stands is not touched. */
  signal?: AbortSignal;
}
