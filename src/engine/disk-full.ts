import { EngineError } from "./engine-error.ts";

/** What a client is told when the host's disk has no room for what it asked for. */
export function diskFull(cause: unknown): EngineError {
  const text = "The host's disk is full; delete boxes or snapshots, or make room, and try again.";
  return new EngineError(507, "disk_full", text, { cause });
}
