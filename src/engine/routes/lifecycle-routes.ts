import { type Context, Hono } from "hono";
import { StartupRequest } from "../../box/wire.ts";
import type { Boxes } from "../boxes.ts";
import type { EngineBox } from "../engine-box.ts";
import { EngineError } from "../engine-error.ts";
import { readBody } from "./read-request.ts";

/** Pause and resume; the init command of keep-alive boxes. */
export function lifecycleRoutes(boxes: Boxes): Hono {
  const routes = new Hono();

  routes.post("/:id/pause", async (context) => {
    const box = boxes.get(context.req.param("id"));
    await box.pause();
    return context.json({ status: box.record.status });
  });

  routes.post("/:id/resume", async (context) => {
    const box = boxes.get(context.req.param("id"));
    await box.resume();
    return context.json({ status: box.record.status });
  });

  const answerInitCommand = (context: Context, box: EngineBox) =>
    context.json({ init_command: box.record.init_command ?? "" });

  routes.get("/:id/startup", (context) =>
    answerInitCommand(context, keptAlive(boxes.get(context.req.param("id")))),
  );

  routes.put("/:id/startup", async (context) => {
    const box = keptAlive(boxes.get(context.req.param("id")));
    const { init_command } = await readBody(context, StartupRequest);
    await box.update({ init_command });
    return answerInitCommand(context, box);
  });

  routes.delete("/:id/startup", async (context) => {
    const box = keptAlive(boxes.get(context.req.param("id")));
    await box.update({ init_command: undefined });
    return answerInitCommand(context, box);
  });

  return routes;
}

function keptAlive(box: EngineBox): EngineBox {
  if (box.record.keep_alive) return box;
  throw new EngineError(
    400,
    "not_keep_alive",
    "Only keep-alive boxes have an init command; create one with keep_alive, or use exec.",
  );
}
