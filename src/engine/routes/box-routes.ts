import { Hono } from "hono";
import { CreateBoxRequest, DeleteBoxesRequest, ListBoxesQuery } from "../../box/wire.ts";
import { publicData } from "../box-record.ts";
import type { Boxes } from "../boxes.ts";
import { readBody, readQuery } from "./read-request.ts";

/** Create, list, look at and delete boxes. */
export function boxRoutes(boxes: Boxes): Hono {
  const routes = new Hono();

  routes.post("/", async (context) => {
    const request = await readBody(context, CreateBoxRequest);
    return context.json(publicData((await boxes.create(request)).record));
  });

  routes.get("/", (context) => {
    const { label } = readQuery(context, ListBoxesQuery);
    return context.json(boxes.list(label).map((box) => publicData(box.record)));
  });

  routes.delete("/", async (context) => {
    const { ids } = await readBody(context, DeleteBoxesRequest);
    // All are looked up first: an unknown id must not leave half of the others deleted.
    const found = ids.map((id) => boxes.get(id).id);
    await Promise.all(found.map((id) => boxes.delete(id)));
    return context.json({ deleted: found.length });
  });

  routes.get("/:id", (context) =>
    context.json(publicData(boxes.get(context.req.param("id")).record)),
  );

  routes.delete("/:id", async (context) => {
    await boxes.delete(context.req.param("id"));
    return context.json({ deleted: 1 });
  });

  routes.get("/:id/status", (context) =>
    context.json({ status: boxes.get(context.req.param("id")).record.status }),
  );

  return routes;
}
