import { BoxdError, type BoxdExit } from "../boxd/index.ts";
import type { AgentEvent } from "./harness.ts";

/** A program that ends without a result has failed, whatever its exit code says. */
export function missingEnd(exit: BoxdExit, said: string): AgentEvent {
  const how = exit.code === null ? `it was ended by ${exit.signal}` : `exit code ${exit.code}`;
  const error = `The agent ended without a result (${how})${said === "" ? "." : `: ${said}`}`;
  return { name: "error", data: { error } };
}

/** The end of a run that could not be read to its end. */
export function brokenEnd(signal: AbortSignal, thrown: unknown): AgentEvent {
  if (signal.aborted) return stoppedEnd(signal);
  const error =
    thrown instanceof BoxdError && thrown.code === "CLOSED"
      ? "The box stopped while the agent was at work; run it again."
      : `The run of the agent failed: ${thrown instanceof Error ? thrown.message : thrown}`;
  return { name: "error", data: { error } };
}

function stoppedEnd({ reason }: AbortSignal): AgentEvent {
  return { name: "error", data: { error: reason instanceof Error ? reason.message : `${reason}` } };
}
