import type { Env, Hono } from "hono";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/** The methods that some route of the app takes at this path; none: there is nothing at it. */
export function allowedMethods<E extends Env>(app: Hono<E>, path: string): string[] {
  return METHODS.filter((method) => {
    // Hono answers a HEAD with the headers of the GET.
    const routed = method === "HEAD" ? "GET" : method;
    const [handlers] = app.router.match(routed, path);
    // What is for all methods is middleware.
    return handlers.some(([[, route]]) => route.method === routed);
  });
}
