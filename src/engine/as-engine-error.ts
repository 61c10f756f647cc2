import { BoxdError } from "./boxd/index.ts";
import { diskFull } from "./disk-full.ts";
import { EngineError } from "./engine-error.ts";

/** What a client is told of anything that was thrown; what is not ours to tell becomes a 500. */
export function asEngineError(error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  if (error instanceof BoxdError && error.code === "CLOSED") {
    const text = "The box stopped while this was going on; try again.";
    return new EngineError(409, "box_stopped", text, { cause: error });
  }
  if (error instanceof BoxdError && error.code === "OUTPUT_LIMIT") {
    const text =
      "The answer is too large for one piece; write it to a file and read that in parts.";
    return new EngineError(413, "output_too_large", text, { cause: error });
  }
  if (error instanceof BoxdError && error.code === "REMOTE") {
    return new EngineError(400, "box_error", error.message, { cause: error });
  }
  const { code } = { ...(error as NodeJS.ErrnoException | null) };
  if (code === "ENOSPC" || code === "EDQUOT") return diskFull(error);
  if (isCutOff(error)) {
    const text = "The request broke off; send all of it.";
    return new EngineError(400, "request_cut_off", text, { cause: error });
  }
  return new EngineError(500, "internal", "The engine failed; its log has the reason.", {
    cause: error,
  });
}

/** What node:http says of a request whose client went away in the middle: no failure of the engine's. */
function isCutOff(error: unknown): boolean {
  if (!(error instanceof Error) || error.message !== "aborted") return false;
  return (error as NodeJS.ErrnoException).code === "ECONNRESET";
}
