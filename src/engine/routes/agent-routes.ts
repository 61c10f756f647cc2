import { Hono } from "hono";
import { RUN_ID_HEADER, type Webhook } from "../../box/wire.ts";
import type { Boxes } from "../boxes.ts";
import { detachableStream, type Send } from "../detachable-stream.ts";
import type { EngineBox } from "../engine-box.ts";
import { agentOutcome } from "../harness/agent-outcome.ts";
import type { AgentEvent } from "../harness/harness.ts";
import { type AgentRun, runAgent } from "../harness/run-agent.ts";
import type { Webhooks } from "../webhooks/webhooks.ts";
import { readPrompt } from "./read-prompt.ts";

/**
 * `POST /{id}/run/stream`: server-sent events, from `run_start` to `stats`; `POST /{id}/run`: the run's
 * id at once, and its end by webhook.
 */
export function agentRoutes(boxes: Boxes, webhooks: Webhooks): Hono {
  const routes = new Hono();

  routes.post("/:id/run/stream", async (context) => {
    const box = boxes.get(context.req.param("id"));
    const request = await readPrompt(context);
    const run = await runAgent(box, request, { runId: context.req.header(RUN_ID_HEADER) });
    const body = detachableStream((send) => produce(run, send), Buffer.from(": keep-alive\n\n"));
    return context.body(body, 200, {
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      [RUN_ID_HEADER]: run.id,
    });
  });

  routes.post("/:id/run", async (context) => {
    const box = boxes.get(context.req.param("id"));
    const { webhook, ...request } = await readPrompt(context);
    if (webhook !== undefined) await webhooks.check(webhook);
    const run = await runAgent(box, request, { runId: context.req.header(RUN_ID_HEADER) });
    void tellEnd(box, run, webhooks, webhook);
    return context.json({ run_id: run.id }, 200, { [RUN_ID_HEADER]: run.id });
  });

  return routes;
}

/** Reads the run to its end and tells it. Never rejects: the run's record says what went wrong. */
async function tellEnd(
  box: EngineBox,
  run: AgentRun,
  webhooks: Webhooks,
  webhook: Webhook | undefined,
): Promise<void> {
  const { runId, ...outcome } = await agentOutcome(run);
  if (webhook === undefined) return;
  const event = { box_id: box.id, run_id: runId, metadata: {}, ...outcome };
  webhooks.deliver(webhook, event, (message) =>
    box.log.write("error", "system", `Run ${runId}: ${message}`),
  );
}

async function produce(run: AgentRun, send: Send): Promise<void> {
  try {
    // One piece for all that is there: a piece for each word costs more than the word.
    for await (const events of run.events) await send(Buffer.from(events.map(eventText).join("")));
  } catch (error) {
    // Never a reset: a stream that breaks off crashes clients of 0.5.5 (box-api §3.5).
    const data = { error: error instanceof Error ? error.message : String(error) };
    await send(Buffer.from(eventText({ name: "error", data })));
  }
}

function eventText({ name, data, json = JSON.stringify(data) }: AgentEvent): string {
  // The name is the program's own word; a line break in it would forge another event.
  const event = /[\r\n]/.test(name) ? name.replace(/[\r\n]/g, " ") : name;
  return `event: ${event}\ndata: ${json}\n\n`;
}
