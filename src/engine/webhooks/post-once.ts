import type { LookupAddress } from "node:dns";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { pinnedLookup } from "../pinned-lookup.ts";

/** One POST. */
export interface Post {
  url: URL;
  headers: Record<string, string>;
  body: string;
  /** The only addresses that may be connected to; null: whatever the name leads to. */
  addresses: readonly LookupAddress[] | null;
  signal: AbortSignal;
}

/**
 * Sends a POST on a connection of its own and returns the status of the answer, whose body is read
 * and thrown away. Redirects are answers like any other. Not with `fetch`, which cannot be told an
 * address to connect to.
 * @throws whatever node:http fails with, and the signal's reason
 */
export function postOnce({ url, headers, body, addresses, signal }: Post): Promise<number> {
  const request = url.protocol === "https:" ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const sent = request(url, {
      method: "POST",
      headers: { ...headers, "content-length": String(Buffer.byteLength(body)) },
      agent: false,
      signal,
      ...(addresses === null ? {} : { lookup: pinnedLookup(addresses) }),
    });
    sent.once("response", (response) => {
      // The status alone counts; an answer that never ends is cut off by the signal.
      response.once("close", () => resolve(response.statusCode ?? 0));
      response.once("error", () => undefined);
      response.resume();
    });
    sent.once("error", reject);
    sent.end(body);
  });
}
