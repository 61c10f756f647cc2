import type { WireFormat } from "./wire-format.ts";

/** What Anthropic calls the kinds of errors; OpenAI's are free text. */
const ANTHROPIC_TYPES: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  529: "overloaded_error",
};

/** An error as the program that asked reads it, in its own format. */
export function refusalBody(format: WireFormat, status: number, code: string, message: string) {
  if (format === "messages") {
    const type = ANTHROPIC_TYPES[status] ?? "api_error";
    return { type: "error", error: { type, message } };
  }
  return { error: { message, type: "invalid_request_error", param: null, code } };
}
