import { BoxError } from "./box-error.ts";
import { Deadline } from "./deadline.ts";
import { environment } from "./environment.ts";
import type { CallOptions, ConnectionOptions } from "./options.ts";
import { withoutIdleLimit } from "./patient-fetch.ts";
import { API_KEY_HEADER, API_PREFIX } from "./protocol.ts";
import { readBody } from "./read-body.ts";
import { responseError } from "./response-error.ts";
import { openWebSocket, type WebSocketConstructor, type WebSocketLike } from "./web-socket.ts";

const DEFAULT_BASE_URL = "https://us-east-1.box.upstash.com";

/** The original SDK's limit. Long commands are better streamed, which has no limit. */
const DEFAULT_TIMEOUT_MS = 600_000;

/** Half of the longest string that V8 makes, as base64 and JSON escapes add to a body. */
const MAX_JSON_BODY_BYTES = 256 * 1024 * 1024;

/** What a request consists of besides method and path. */
export interface ClientRequest extends CallOptions {
  query?: Record<string, string | undefined>;
  /** Sent as JSON; a form as a form. */
  body?: unknown;
  headers?: Record<string, string>;
}

/** The HTTP side of the SDK: key, JSON, errors, limits. Knows no route. */
export class Client {
  readonly baseUrl: string;
  readonly #apiKey: string;
  /** Milliseconds for what is answered at once. */
  readonly timeout: number;
  readonly #debug: boolean;
  readonly #fetch: typeof fetch | undefined;
  readonly #webSocket: WebSocketConstructor | undefined;

  constructor(options: ConnectionOptions) {
    this.baseUrl = baseUrl(options.baseUrl ?? environment("UPSTASH_BOX_BASE_URL"));
    this.#apiKey = apiKey(options.apiKey ?? environment("UPSTASH_BOX_API_KEY"));
    this.timeout = options.timeout ?? DEFAULT_TIMEOUT_MS;
    this.#debug = options.debug ?? false;
    this.#fetch = options.fetch;
    this.#webSocket = options.webSocket;
  }

  /** Sends a request and reads the JSON answer; an empty body reads as `{}`. */
  async json(
    method: string,
    path: string,
    request: ClientRequest = {},
  ): Promise<{ value: unknown; response: Response }> {
    const deadline = new Deadline(request.requestTimeout ?? this.timeout, request.signal);
    const operation = `${method} ${API_PREFIX}${path}`;
    try {
      const response = await this.open(method, path, request, deadline);
      return { value: await this.readJson(response, operation), response };
    } catch (error) {
      throw deadline.toError(error, operation);
    } finally {
      deadline.clear();
    }
  }

  /** What an answer holds. @throws BoxError `protocol` for what is not JSON; what reading fails with */
  async readJson(response: Response, operation: string): Promise<unknown> {
    return parseJson(await readBody(response, MAX_JSON_BODY_BYTES), response, operation);
  }

  /** Sends a request and hands the answer out unread. The deadline is the caller's to clear. */
  async open(
    method: string,
    path: string,
    request: ClientRequest,
    deadline: Deadline,
  ): Promise<Response> {
    const operation = `${method} ${API_PREFIX}${path}`;
    const started = Date.now();
    try {
      const response = await this.#send(method, path, request, deadline.signal);
      this.#log(`${operation} ${response.status} ${Date.now() - started} ms`);
      if (!response.ok) throw await responseError(response, operation);
      return response;
    } catch (error) {
      if (!BoxError.isInstance(error)) this.#log(`${operation} failed: ${String(error)}`);
      throw deadline.toError(error, operation);
    }
  }

  /** Begins to open a WebSocket. */
  webSocket(path: string): Promise<WebSocketLike> {
    this.#log(`WebSocket ${API_PREFIX}${path}`);
    const url = `${this.baseUrl.replace(/^http/, "ws")}${API_PREFIX}${path}`;
    return openWebSocket(url, { [API_KEY_HEADER]: this.#apiKey }, this.#webSocket);
  }

  #send(method: string, path: string, request: ClientRequest, signal: AbortSignal) {
    const headers: Record<string, string> = {
      accept: "application/json",
      ...request.headers,
      [API_KEY_HEADER]: this.#apiKey,
    };
    const init: RequestInit = { method, headers, signal, redirect: "manual" };
    if (request.body instanceof FormData) {
      init.body = request.body;
    } else if (request.body !== undefined) {
      headers["content-type"] = "application/json";
      init.body = toJson(request.body);
    }
    const url = `${this.baseUrl}${API_PREFIX}${path}${queryString(request.query)}`;
    if (this.#fetch) return this.#fetch(url, init);
    return fetch(url, { ...init, ...withoutIdleLimit() });
  }

  #log(line: string): void {
    // biome-ignore lint/suspicious/noConsole: `debug: true` asks for it; standard error, no secrets.
    if (this.#debug) console.error(`[box] ${line}`);
  }
}

/** Not left to the caller's catch, which takes what it does not know for a lost connection. */
function toJson(body: unknown): string {
  try {
    return JSON.stringify(body);
  } catch (error) {
    throw new BoxError(
      "invalid_argument",
      "Expected options that JSON can hold. Leave out bigints and values that contain themselves.",
      { cause: error },
    );
  }
}

function parseJson(bytes: Uint8Array, response: Response, operation: string): unknown {
  if (bytes.length === 0) return {};
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new BoxError(
      "protocol",
      `${operation} answered with something that is not JSON. Check UPSTASH_BOX_BASE_URL or baseUrl.`,
      { statusCode: response.status, cause: error },
    );
  }
}

function queryString(query: ClientRequest["query"]): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined) parameters.set(name, value);
  }
  return parameters.size > 0 ? `?${parameters}` : "";
}

function baseUrl(given: string | undefined): string {
  const url = (given ?? DEFAULT_BASE_URL).trim().replace(/\/+$/, "");
  if (/^https?:\/\/[^/]/.test(url) && URL.canParse(url)) return url;
  throw new BoxError(
    "invalid_argument",
    "Expected baseUrl to be an http or https address. Correct UPSTASH_BOX_BASE_URL or baseUrl.",
  );
}

function apiKey(given: string | undefined): string {
  const key = given?.trim();
  if (!key) {
    throw new BoxError("missing_api_key", "No API key. Set UPSTASH_BOX_API_KEY or pass apiKey.");
  }
  // Checked here because fetch would print the key in its own error.
  if (!/^[\x21-\x7e]+$/.test(key)) {
    throw new BoxError(
      "invalid_argument",
      "The API key has characters that no key has. Correct UPSTASH_BOX_API_KEY or apiKey.",
    );
  }
  return key;
}
