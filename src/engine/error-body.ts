import type { ErrorResponse } from "../box/wire.ts";
import type { EngineError } from "./engine-error.ts";

/** What a client reads of an error. */
export function errorBody({ message, code }: EngineError, requestId: string): ErrorResponse {
  return { error: message, code, request_id: requestId };
}
