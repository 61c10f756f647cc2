import { Hono } from "hono";
import { CreatePreviewRequest } from "../../box/wire.ts";
import type { Boxes } from "../boxes.ts";
import type { Previews } from "../previews/previews.ts";
import { check, readBody } from "./read-request.ts";

const Port = CreatePreviewRequest.pick({ port: true });

/** Public URLs of ports of a box. */
export function previewRoutes(boxes: Boxes, previews: Previews): Hono {
  const routes = new Hono();

  routes.post("/:id/preview", async (context) => {
    const box = boxes.get(context.req.param("id"));
    const request = await readBody(context, CreatePreviewRequest);
    const { hostname } = new URL(context.req.url);
    return context.json(await previews.create(box, request, hostname));
  });

  routes.get("/:id/preview", async (context) => {
    const box = boxes.get(context.req.param("id"));
    return context.json({ previews: await previews.list(box) });
  });

  routes.delete("/:id/preview/:port", async (context) => {
    const box = boxes.get(context.req.param("id"));
    const { port } = check(Port, { port: Number(context.req.param("port")) });
    await previews.delete(box, port);
    return context.json({ deleted: 1 });
  });

  return routes;
}
