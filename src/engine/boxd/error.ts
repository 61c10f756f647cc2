/**
 * Why boxd work failed.
 * - `REMOTE`: boxd refused or the system call failed; `errno` has the number, `errnoName` the name.
 * - `PROTOCOL`: the bytes from boxd break the protocol; the connection is gone.
 * - `CLOSED`: the connection ended before the answer.
 * - `OUTPUT_LIMIT`: more output or content than the caller allowed.
 * - `ARGUMENT`: the caller asked for what the protocol cannot carry.
 */
export type BoxdErrorCode = "REMOTE" | "PROTOCOL" | "CLOSED" | "OUTPUT_LIMIT" | "ARGUMENT";

/** Every error that this folder throws, except an `AbortSignal`'s own reason. */
export class BoxdError extends Error {
  readonly code: BoxdErrorCode;
  /** Linux error number of a `REMOTE` error. */
  readonly errno: number | undefined;
  /** Its name, such as `ENOENT`. */
  readonly errnoName: string | undefined;

  constructor(
    code: BoxdErrorCode,
    message: string,
    options: { errno?: number; errnoName?: string; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "BoxdError";
    this.code = code;
    this.errno = options.errno;
    this.errnoName = options.errnoName;
  }
}
