import type { Run } from "./run.ts";

const MARKER = Symbol.for("box-action.BoxError");

/**
 * What went wrong, in a word that stays the same between versions.
 *
 * | code | what happened |
 * |---|---|
 * | `missing_api_key` | no key was given and `UPSTASH_BOX_API_KEY` is not set |
 * | `invalid_argument` | a value the SDK itself refuses; nothing was sent |
 * | `bad_request` | 400 or 422: the service refuses the request |
 * | `unauthorized`, `forbidden` | 401, 403 |
 * | `not_found`, `conflict`, `rate_limited` | 404, 409, 429 |
 * | `server_error` | a status of 500 or above |
 * | `request_failed` | any other status that is not a success |
 * | `network` | no connection, or it was lost |
 * | `timeout` | the time that the caller or the SDK gave is over |
 * | `aborted` | the caller's `AbortSignal` fired |
 * | `protocol` | the answer is not what the contract says |
 * | `response_too_large` | the answer is longer than the SDK buffers |
 * | `stream_ended` | a stream stopped without saying how the run ended |
 * | `exec_failed` | the service could not carry the command out |
 * | `agent_failed` | the agent run ended in an error |
 * | `output_mismatch` | the agent's answer does not fit `responseSchema` |
 * | `box_failed` | the box did not come up |
 * | `snapshot_failed` | the snapshot could not be taken |
 * | `no_such_directory` | `cd` to something that is not a directory |
 */
export type BoxErrorCode =
  | "missing_api_key"
  | "invalid_argument"
  | "bad_request"
  | "unauthorized"
  | "forbidden"
  | "not_found"
  | "conflict"
  | "rate_limited"
  | "server_error"
  | "request_failed"
  | "network"
  | "timeout"
  | "aborted"
  | "protocol"
  | "response_too_large"
  | "stream_ended"
  | "exec_failed"
  | "agent_failed"
  | "output_mismatch"
  | "box_failed"
  | "snapshot_failed"
  | "no_such_directory";

/** What a {@link BoxError} knows besides its message and code. */
export interface BoxErrorDetails {
  statusCode?: number | undefined;
  requestId?: string | undefined;
  serverCode?: string | undefined;
  run?: Run<unknown> | undefined;
  cause?: unknown;
}

/**
 * The one error that the SDK throws. The message ends with what to do about it.
 *
 * @example
 * try {
 *   await Box.get("right-flamingo-14486");
 * } catch (error) {
 *   if (BoxError.isInstance(error) && error.code === "not_found") return undefined;
 *   throw error;
 * }
 */
export class BoxError extends Error {
  override readonly name = "BoxError";
  /** See {@link BoxErrorCode}. */
  readonly code: BoxErrorCode;
  /** The HTTP status, when the service answered. */
  readonly statusCode: number | undefined;
  /** The service's name for the request, when it gave one: quote it when asking for help. */
  readonly requestId: string | undefined;
  /** The service's own, finer code, when it gave one. */
  readonly serverCode: string | undefined;
  /** The run that failed, with what it had printed and cost until then. */
  run: Run<unknown> | undefined;
  /** @internal */
  readonly [MARKER] = true;

  constructor(code: BoxErrorCode, message: string, details: BoxErrorDetails = {}) {
    super(message, "cause" in details ? { cause: details.cause } : undefined);
    this.code = code;
    this.statusCode = details.statusCode;
    this.requestId = details.requestId;
    this.serverCode = details.serverCode;
    this.run = details.run;
  }

  /** Like `instanceof`, and also true for an error of another copy of this package. */
  static isInstance(value: unknown): value is BoxError {
    return typeof value === "object" && value !== null && MARKER in value;
  }
}
