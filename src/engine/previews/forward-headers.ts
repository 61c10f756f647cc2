import type { IncomingMessage } from "node:http";
import { API_KEY_HEADER } from "../../box/wire.ts";

/** Of one connection only (RFC 9110 §7.6.1), beside those that a `Connection` header names. */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** What says where a request came from; whoever is no proxy of the operator's may write anything there. */
const ORIGIN = /^(forwarded|x-real-ip|x-forwarded-.*)$/;

/** How a request came to the engine. */
export interface Arrival {
  /** By the operator's reverse proxy, which has said who the client is. */
  isProxied: boolean;
  protocol: "http" | "https";
  /** The URL has credentials, which are no business of the program's in the box. */
  hasCredentials: boolean;
}

type Headers = [name: string, value: string][];

/** What the program in the box is sent: the request's own headers, as they were written. */
export function requestHeaders(request: IncomingMessage, arrival: Arrival): Headers {
  const { isProxied, hasCredentials, protocol } = arrival;
  const headers = endToEnd(request).filter(([name]) => {
    const lower = name.toLowerCase();
    // node:http has answered it.
    if (lower === "expect") return false;
    if (lower === API_KEY_HEADER || lower === "host") return false;
    if (lower === "authorization") return !hasCredentials;
    if (lower === "x-forwarded-for") return false;
    return isProxied || !ORIGIN.test(lower);
  });
  const host = request.headers.host ?? "";
  const client = request.socket.remoteAddress ?? "";
  const before = isProxied ? request.headers["x-forwarded-for"] : undefined;
  headers.unshift(["Host", host]);
  headers.push(["X-Forwarded-For", before === undefined ? client : `${before}, ${client}`]);
  const isSaid = (name: string) => isProxied && request.headers[name] !== undefined;
  if (!isSaid("x-forwarded-host")) headers.push(["X-Forwarded-Host", host]);
  if (!isSaid("x-forwarded-proto")) headers.push(["X-Forwarded-Proto", protocol]);
  return headers;
}

/** What the client is sent of the answer's headers. */
export function answerHeaders(answer: IncomingMessage): Headers {
  return endToEnd(answer);
}

function endToEnd(message: IncomingMessage): Headers {
  const named = (message.headers.connection ?? "").toLowerCase().split(/\s*,\s*/);
  const pairs: Headers = [];
  for (let at = 0; at < message.rawHeaders.length; at += 2) {
    const name = message.rawHeaders[at] ?? "";
    const lower = name.toLowerCase();
    if (HOP_BY_HOP.has(lower)) continue;
    // A length is the message's own, whatever is said of it.
    if (named.includes(lower) && lower !== "content-length") continue;
    pairs.push([name, message.rawHeaders[at + 1] ?? ""]);
  }
  return pairs;
}
