import type { Failure, StepName } from "./events.ts";

/** A job that cannot be done, with what to do about it. Anything else thrown is a fault of ours. */
export class JobFailure extends Error {
  override readonly name = "JobFailure";
  /** Stable, for machines; see `Failure.code`. */
  readonly code: string;
  readonly remedy: string;

  constructor(code: string, message: string, remedy: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.remedy = remedy;
  }
}

/** What went wrong, as the job's log keeps it. */
export function asFailure(error: unknown, step: StepName): Failure {
  if (error instanceof JobFailure) {
    return { code: error.code, step, message: error.message, remedy: error.remedy };
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: "internal",
    step,
    message,
    remedy: "Comment the same command again; if it fails the same way, tell the operator.",
  };
}
