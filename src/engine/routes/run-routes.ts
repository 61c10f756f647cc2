import { Hono } from "hono";
import { ListLogsQuery } from "../../box/wire.ts";
import type { Boxes } from "../boxes.ts";
import { readQuery } from "./read-request.ts";

/** What has run in a box and what was said there. */
export function runRoutes(boxes: Boxes): Hono {
  const routes = new Hono();

  routes.get("/:id/runs", async (context) =>
    context.json({ runs: await boxes.get(context.req.param("id")).runs.list() }),
  );

  routes.get("/:id/runs/:run", async (context) =>
    context.json(await boxes.get(context.req.param("id")).runs.get(context.req.param("run"))),
  );

  routes.post("/:id/runs/:run/cancel", async (context) => {
    const { runs } = boxes.get(context.req.param("id"));
    const id = context.req.param("run");
    const cancelled = runs.cancel(id);
    // One that has ended is left as it is; one that never was is an error.
    if (!cancelled) await runs.get(id);
    return context.json({ cancelled });
  });

  routes.get("/:id/logs", async (context) => {
    const box = boxes.get(context.req.param("id"));
    return context.json({ logs: await box.log.read(readQuery(context, ListLogsQuery)) });
  });

  return routes;
}
