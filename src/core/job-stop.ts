/**
 * Why a job is stopped from outside:
 * - `stopped`: it ends here, and its comment says so.
 * - `cancelled`: somebody wanted it to end.
 * - `handed-over`: another process goes on with it; nothing of it is taken away.
 * - `lost`: another process has it already; this one must not touch it any more.
 * - `gone`: it ends, and there is nobody to tell: the repository, or the App's access to it, is gone.
 */
export type JobStopKind = "stopped" | "cancelled" | "handed-over" | "lost" | "gone";

/** The reason that a job's signal is aborted with. Any other reason counts as `stopped`. */
export class JobStop extends Error {
  override readonly name = "JobStop";
  readonly kind: JobStopKind;
  /** Who cancelled it. */
  readonly by: string;

  constructor(kind: JobStopKind, message: string, by = "") {
    super(message);
    this.kind = kind;
    this.by = by;
  }
}

/** How a job's signal stops it; null while it may go on. */
export function stopOf(signal: AbortSignal): JobStop | null {
  if (!signal.aborted) return null;
  const { reason } = signal;
  if (reason instanceof JobStop) return reason;
  return new JobStop("stopped", reason instanceof Error ? reason.message : String(reason));
}

/** Whether the job goes on elsewhere, so that what it has made must stay. */
export function goesOn(signal: AbortSignal): boolean {
  const kind = stopOf(signal)?.kind;
  return kind === "handed-over" || kind === "lost";
}
