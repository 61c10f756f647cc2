import type { MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";

/**
 * Refuses bodies that are larger than `maxSize` bytes; `onError` throws what is answered then.
 *
 * Hono's own looks for a body first, for which the adapter builds a web Request with a stream: a tenth
 * of a short exec. Where the sender has said how long the body is, node:http holds them to it, and
 * reading a number is enough.
 */
export function limitBody(maxSize: number, onError: () => never): MiddlewareHandler {
  const counted = bodyLimit({ maxSize, onError });
  return async function bodyLimited(context, next) {
    const { method } = context.req;
    const length = context.req.header("content-length");
    const isChunked = context.req.header("transfer-encoding") !== undefined;
    const isBodyless = method === "GET" || method === "HEAD";
    if (isChunked || (length === undefined && !isBodyless)) return counted(context, next);
    if (Number(length ?? 0) > maxSize) onError();
    await next();
  };
}
