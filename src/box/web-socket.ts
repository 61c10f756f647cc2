import { BoxError } from "./box-error.ts";

/** What the SDK needs of a WebSocket: the standard's part, and what some have besides. */
export interface WebSocketLike {
  readonly readyState: number;
  readonly bufferedAmount: number;
  addEventListener(
    type: "open" | "message" | "error" | "close",
    // biome-ignore lint/suspicious/noExplicitAny: each runtime has types of its own for its events.
    listener: (event: any) => void,
  ): void;
  send(data: string): void;
  close(code?: number): void;
  /** Stops reading, so that the other side is held up; `ws` has it. */
  pause?(): void;
  resume?(): void;
  /** Asks for a sign of life; `ws` has it. */
  ping?(): void;
  on?(event: "pong", listener: () => void): unknown;
  /** Cuts the connection at once. */
  terminate?(): void;
}

/**
 * Makes a WebSocket whose first request has the headers. The one of the package `ws` does, and so do
 * the global ones of Node 22, Bun and Deno; a browser's does not.
 */
export type WebSocketConstructor = new (
  url: string,
  options: { headers: Record<string, string> },
) => WebSocketLike;

/**
 * Begins to open a WebSocket with the package `ws`, or with the caller's own. The package is loaded
 * when it is wanted, and not before: the SDK runs where it does not.
 *
 * @throws BoxError `invalid_argument` where no WebSocket can send the headers
 */
export async function openWebSocket(
  url: string,
  headers: Record<string, string>,
  own: WebSocketConstructor | undefined,
): Promise<WebSocketLike> {
  try {
    const WebSocket = own ?? (await import("ws")).WebSocket;
    return new WebSocket(url, { headers });
  } catch (cause) {
    // Browsers take no headers, and bundles for them have a stub in the package's place.
    throw new BoxError(
      "invalid_argument",
      "This runtime has no WebSocket that can send a header, which the API key needs. Pass one as webSocket, or use exec.stream.",
      { cause },
    );
  }
}
