import { Hono } from "hono";
import {
  CreateSnapshotRequest,
  DeleteSnapshotsRequest,
  FromSnapshotRequest,
} from "../../box/wire.ts";
import { publicData } from "../box-record.ts";
import type { Boxes } from "../boxes.ts";
import type { Snapshots } from "../snapshots/snapshots.ts";
import { readBody } from "./read-request.ts";

/** Snapshots and boxes from them. Before the boxes' own routes: `/snapshots` is no box. */
export function snapshotRoutes(boxes: Boxes, snapshots: Snapshots): Hono {
  const routes = new Hono();

  routes.post("/from-snapshot", async (context) => {
    const request = await readBody(context, FromSnapshotRequest);
    return context.json(publicData((await snapshots.createBox(request)).record));
  });

  routes.delete("/snapshots", async (context) => {
    const { ids } = await readBody(context, DeleteSnapshotsRequest);
    return context.json({ deleted: await snapshots.deleteAll(ids) });
  });

  routes.post("/:id/snapshots", async (context) => {
    const box = boxes.get(context.req.param("id"));
    const { name } = await readBody(context, CreateSnapshotRequest);
    return context.json(await snapshots.take(box, name));
  });

  routes.get("/:id/snapshots", (context) =>
    context.json({ snapshots: snapshots.list(context.req.param("id")) }),
  );

  routes.delete("/:id/snapshots/:snapshot", async (context) => {
    await snapshots.delete(context.req.param("id"), context.req.param("snapshot"));
    return context.json({ deleted: 1 });
  });

  return routes;
}
