import { base64ToBytes } from "./base64.ts";
import type { BoxError } from "./box-error.ts";
import { type ExecEvent, malformedExecStream, toExecError, toExitEvent } from "./exec-event.ts";

/** What a session's service says. A complaint may be its last word, or about one frame only. */
export type ExecSessionEvent =
  | ExecEvent
  | { type: "started"; pid: number; execId: string }
  | { type: "complaint"; error: BoxError };

/** Reads a frame; undefined for one of a kind that this version does not know. */
export function toSessionEvent(data: unknown): ExecSessionEvent | BoxError | undefined {
  try {
    return read(JSON.parse(String(data)));
  } catch (error) {
    return malformedExecStream(error);
  }
}

function read(frame: Record<string, unknown> | null): ExecSessionEvent | BoxError | undefined {
  switch (frame?.type) {
    case "started":
      if (typeof frame.pid !== "number") return malformedExecStream(frame);
      return { type: "started", pid: frame.pid, execId: String(frame.execId ?? "") };
    case "stdout":
    case "stderr":
      return { type: frame.type, bytes: base64ToBytes(String(frame.data ?? "")) };
    case "exit":
      return toExitEvent({ exit_code: frame.code }) ?? malformedExecStream(frame);
    case "error":
      return { type: "complaint", error: toExecError({ error: frame.message }) };
    default:
      return undefined;
  }
}
