import { Hono } from "hono";
import { AgentRunRequest, RUN_ID_HEADER } from "../../box/wire.ts";
import type { Boxes } from "../boxes.ts";
import { detachableStream, type Send } from "../detachable-stream.ts";
import { type AgentRun, runAgent } from "../harness/run-agent.ts";
import { readBody } from "./read-request.ts";

/** `POST /{id}/run/stream`: server-sent events, from `run_start` to `stats`. */
export function agentRoutes(boxes: Boxes): Hono {
  const routes = new Hono();

  routes.post("/:id/run/stream", async (context) => {
    const box = boxes.get(context.req.param("id"));
    const request = await readBody(context, AgentRunRequest);
    const run = await runAgent(box, request, { runId: context.req.header(RUN_ID_HEADER) });
    const body = detachableStream((send) => produce(run, send), Buffer.from(": keep-alive\n\n"));
    return context.body(body, 200, {
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      [RUN_ID_HEADER]: run.id,
    });
  });

  return routes;
}

async function produce(run: AgentRun, send: Send): Promise<void> {
  try {
    for await (const { name, data } of run.events) {
      // The name is the program's own word; a line break in it would forge another event.
      await send(event(name.replace(/[\r\n]/g, " "), data));
    }
  } catch (error) {
    // Never a reset: a stream that breaks off crashes clients of 0.5.5 (box-api §3.5).
    await send(event("error", { error: error instanceof Error ? error.message : String(error) }));
  }
}

function event(name: string, data: unknown): Uint8Array {
  return Buffer.from(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
}
