import { type Context, Hono } from "hono";
import { ExecRequest, RUN_ID_HEADER } from "../../box/wire.ts";
import type { Boxes } from "../boxes.ts";
import { detachableStream, type Send } from "../detachable-stream.ts";
import { type ExecStream, execute, executeStream } from "../exec.ts";
import { type ExecStreamEncoding, execStreamEncoding } from "../exec-stream-encoding.ts";
import { readBody } from "./read-request.ts";

/** `POST /{id}/exec` and `POST /{id}/exec-stream` */
export function execRoutes(boxes: Boxes): Hono {
  const routes = new Hono();

  routes.post("/:id/exec", async (context) => {
    const box = boxes.get(context.req.param("id"));
    const request = await readBody(context, ExecRequest);
    return context.json(await execute(box, request, context.req.header(RUN_ID_HEADER)));
  });

  routes.post("/:id/exec-stream", async (context) => {
    const box = boxes.get(context.req.param("id"));
    const request = await readBody(context, ExecRequest);
    return streamExec(context, (encoding) =>
      executeStream(box, request, {
        merge: encoding.merge,
        runId: context.req.header(RUN_ID_HEADER),
      }),
    );
  });

  return routes;
}

async function streamExec(
  context: Context,
  start: (encoding: ExecStreamEncoding) => Promise<ExecStream>,
): Promise<Response> {
  const encoding = execStreamEncoding(context.req.header("accept"));
  const stream = await start(encoding);
  const body = detachableStream((send) => produce(stream, encoding, send), encoding.keepAlive);
  return context.body(body, 200, {
    "content-type": encoding.contentType,
    "cache-control": "no-store",
    [RUN_ID_HEADER]: stream.runId,
  });
}

async function produce(
  { output, errors, exit }: ExecStream,
  encoding: ExecStreamEncoding,
  send: Send,
): Promise<void> {
  const pump = async (name: "stdout" | "stderr", source: AsyncIterable<Uint8Array>) => {
    for await (const data of source) await send(...encoding.chunk(name, data));
  };
  try {
    await Promise.all([pump("stdout", output), errors === null ? null : pump("stderr", errors)]);
    await send(encoding.exit(await exit));
  } catch (error) {
    await send(encoding.error(error instanceof Error ? error.message : String(error)));
  }
}
