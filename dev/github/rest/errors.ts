/** An answer other than success, in GitHub's shape. */
export class HttpError extends Error {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Record<string, string>;

  constructor(status: number, body: Record<string, unknown>, headers: Record<string, string> = {}) {
    super(String(body.message));
    this.name = "HttpError";
    this.status = status;
    this.body = { ...body, documentation_url: DOCUMENTATION, status: String(status) };
    this.headers = headers;
  }
}

const DOCUMENTATION = "https://docs.github.com/rest";

/** One entry of a 422 answer's `errors`. */
export interface FieldError {
  resource: string;
  field?: string;
  code: "missing" | "missing_field" | "invalid" | "already_exists" | "custom" | "unprocessable";
  message?: string;
  value?: string | null;
}

export function notFound(): HttpError {
  return new HttpError(404, { message: "Not Found" });
}

export function unauthorized(message: string): HttpError {
  return new HttpError(401, { message });
}

export function forbidden(message: string): HttpError {
  return new HttpError(403, { message });
}

export function validationFailed(...errors: FieldError[]): HttpError {
  return new HttpError(422, { message: "Validation Failed", errors });
}

export function unprocessable(message: string): HttpError {
  return new HttpError(422, { message });
}
