/** Everything that the engine refuses or fails at. `message` ends with the remedy. */
export class EngineError extends Error {
  override readonly name = "EngineError";
  readonly status: number;
  /** Stable, for machines: `invalid_request`, `not_found`, `sandbox_unavailable`… */
  readonly code: string;

  constructor(status: number, code: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.status = status;
    this.code = code;
  }
}
