import { type Context, Hono } from "hono";
import { CodeRequest, ExecRequest, RUN_ID_HEADER } from "../../box/wire.ts";
import type { Boxes } from "../boxes.ts";
import { codeCommand } from "../code-command.ts";
import type { Command } from "../command.ts";
import { EngineError } from "../engine-error.ts";
import { execute } from "../exec.ts";
import { patientJson } from "./patient-json.ts";
import { readBody } from "./read-request.ts";
import { streamExec } from "./stream-exec.ts";

/** `POST /{id}/exec`, `/exec-stream`, `/code` and `/code-stream`; who asks for `/exec-session` by HTTP. */
export function execRoutes(boxes: Boxes): Hono {
  const routes = new Hono();

  const answer = (context: Context, id: string, readCommand: ReadCommand) => {
    const box = boxes.get(id);
    const runId = context.req.header(RUN_ID_HEADER);
    const result = readCommand(context).then((command) => execute(box, command, runId));
    return patientJson(context, result, (message) => ({
      exit_code: 1,
      output: "",
      error: message,
    }));
  };
  routes.post("/:id/exec", (context) => answer(context, context.req.param("id"), readExec));
  routes.post("/:id/code", (context) => answer(context, context.req.param("id"), readCode));

  const stream = async (context: Context, id: string, readCommand: ReadCommand) =>
    streamExec(context, boxes.get(id), await readCommand(context));
  routes.post("/:id/exec-stream", (context) => stream(context, context.req.param("id"), readExec));
  routes.post("/:id/code-stream", (context) => stream(context, context.req.param("id"), readCode));

  // Its WebSocket never comes here: `ExecSessions` takes the connection over before.
  routes.get("/:id/exec-session", (context) => {
    boxes.get(context.req.param("id"));
    context.header("upgrade", "websocket");
    const text = "This is a WebSocket; connect to it with a WebSocket client.";
    throw new EngineError(426, "upgrade_required", text);
  });

  return routes;
}

type ReadCommand = (context: Context) => Promise<Command>;

async function readExec(context: Context): Promise<Command> {
  const { command, folder } = await readBody(context, ExecRequest);
  return { argv: command, folder };
}

async function readCode(context: Context): Promise<Command> {
  return codeCommand(await readBody(context, CodeRequest));
}
