import { Hono } from "hono";
import { CreateScheduleRequest, UpdateScheduleRequest } from "../../box/wire.ts";
import type { Boxes } from "../boxes.ts";
import { readBody } from "./read-request.ts";

/** Commands and prompts that a box runs again and again. */
export function scheduleRoutes(boxes: Boxes): Hono {
  const routes = new Hono();

  routes.post("/:id/schedules", async (context) => {
    const { schedules } = boxes.get(context.req.param("id"));
    const request = await readBody(context, CreateScheduleRequest);
    return context.json(await schedules.create(request));
  });

  routes.get("/:id/schedules", (context) =>
    context.json(boxes.get(context.req.param("id")).schedules.list()),
  );

  routes.get("/:id/schedules/:schedule", (context) => {
    const { schedules } = boxes.get(context.req.param("id"));
    return context.json(schedules.get(context.req.param("schedule")));
  });

  routes.patch("/:id/schedules/:schedule", async (context) => {
    const { schedules } = boxes.get(context.req.param("id"));
    const change = await readBody(context, UpdateScheduleRequest);
    return context.json(await schedules.update(context.req.param("schedule"), change));
  });

  routes.delete("/:id/schedules/:schedule", async (context) => {
    const { schedules } = boxes.get(context.req.param("id"));
    return context.json(await schedules.delete(context.req.param("schedule")));
  });

  routes.post("/:id/schedules/:schedule/pause", async (context) => {
    const { schedules } = boxes.get(context.req.param("id"));
    return context.json(await schedules.setStatus(context.req.param("schedule"), "paused"));
  });

  routes.post("/:id/schedules/:schedule/resume", async (context) => {
    const { schedules } = boxes.get(context.req.param("id"));
    return context.json(await schedules.setStatus(context.req.param("schedule"), "active"));
  });

  return routes;
}
