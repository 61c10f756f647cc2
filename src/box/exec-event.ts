import { BoxError } from "./box-error.ts";

/** What the three formats of an exec stream have in common. */
export type ExecEvent =
  | { type: "stdout" | "stderr"; bytes: Uint8Array }
  | { type: "exit"; exitCode: number; cpuNs?: number | undefined };

/** Reads one of the formats. */
export interface ExecEventParser {
  push(piece: Uint8Array): (ExecEvent | BoxError)[];
  end(): (ExecEvent | BoxError)[];
}

/** The `exit` event of a decoded `ExecExit`, or undefined when it is none. */
export function toExitEvent(value: unknown): ExecEvent | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { exit_code, cpu_ns } = value as { exit_code?: unknown; cpu_ns?: unknown };
  if (typeof exit_code !== "number") return undefined;
  const cpuNs = typeof cpu_ns === "number" ? cpu_ns : undefined;
  return { type: "exit", exitCode: exit_code, cpuNs };
}

/** The error for what the service says when it cannot carry a command out. */
export function toExecError(value: unknown): BoxError {
  const { error } = (typeof value === "object" && value !== null ? value : {}) as {
    error?: unknown;
  };
  const said = typeof error === "string" && error !== "" ? error : "the service gave no reason";
  return new BoxError(
    "exec_failed",
    `The command could not be carried out: ${said.replace(/\.$/, "")}. Look at the box's log.`,
  );
}

/** The error for bytes that no format allows. */
export function malformedExecStream(cause: unknown): BoxError {
  return new BoxError(
    "protocol",
    "The exec stream is malformed. Check that the service and this SDK speak the same version.",
    { cause },
  );
}
