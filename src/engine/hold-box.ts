import type { MiddlewareHandler } from "hono";
import type { Boxes } from "./boxes.ts";

/** For work in a box that is no run: the box does not go to sleep in the middle of it. */
export function holdBox(boxes: Boxes): MiddlewareHandler {
  return async function boxHeld(context, next) {
    const release = boxes.get(context.req.param("id") ?? "").hold();
    try {
      await next();
    } finally {
      release();
    }
  };
}
