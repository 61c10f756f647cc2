import { BoxError, type BoxErrorCode } from "./box-error.ts";
import { REQUEST_ID_HEADER } from "./protocol.ts";
import { readBody } from "./read-body.ts";

/** An error body is a sentence; a page of HTML from a proxy is cut here. */
const MAX_ERROR_BODY_BYTES = 64 * 1024;

/**
 * Turns an answer that is not a success into the error to throw. Uses up the body.
 *
 * @param operation What was asked, such as `GET /v2/box/right-flamingo-14486`.
 */
export async function responseError(response: Response, operation: string): Promise<BoxError> {
  const body = await readErrorBody(response);
  const said = typeof body.error === "string" && body.error !== "" ? body.error : undefined;
  const { code, remedy } = explain(response.status, operation);
  const message = said ?? `Request failed with status ${response.status}`;
  const place = `${response.status}, ${operation}`;
  return new BoxError(code, `${message.replace(/\.$/, "")} (${place}). ${remedy}`, {
    statusCode: response.status,
    requestId: response.headers.get(REQUEST_ID_HEADER) ?? text(body.request_id),
    serverCode: text(body.code),
  });
}

async function readErrorBody(response: Response): Promise<Record<string, unknown>> {
  try {
    const bytes = await readBody(response, MAX_ERROR_BODY_BYTES);
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    // No JSON, too long, or cut off: the status alone says enough.
    return {};
  }
}

function explain(status: number, operation: string): { code: BoxErrorCode; remedy: string } {
  switch (status) {
    case 400:
    case 422:
      return { code: "bad_request", remedy: "Correct the named value and send it again." };
    case 401:
      return { code: "unauthorized", remedy: "Set UPSTASH_BOX_API_KEY or pass apiKey." };
    case 403:
      return { code: "forbidden", remedy: "Use an API key that may do this." };
    case 404:
      return { code: "not_found", remedy: notFoundRemedy(operation) };
    case 409:
      return { code: "conflict", remedy: "Look at the present state first, then try again." };
    case 429:
      return { code: "rate_limited", remedy: "Wait, then try again with fewer requests at once." };
  }
  if (status >= 500) {
    return { code: "server_error", remedy: "Try again; if it stays, look at the box's log." };
  }
  return { code: "request_failed", remedy: "Check UPSTASH_BOX_BASE_URL or baseUrl." };
}

function notFoundRemedy(operation: string): string {
  if (operation.includes("/files/")) return "box.files.list() shows what is there.";
  return "Check the id or name; Box.list() shows the boxes of this API key.";
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
