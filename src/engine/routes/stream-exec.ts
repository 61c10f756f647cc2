import type { Context } from "hono";
import { RUN_ID_HEADER } from "../../box/wire.ts";
import type { Command } from "../command.ts";
import { detachableStream, type Send } from "../detachable-stream.ts";
import type { EngineBox } from "../engine-box.ts";
import { type ExecStream, executeStream } from "../exec.ts";
import { type ExecStreamEncoding, execStreamEncoding } from "../exec-stream-encoding.ts";

/** Runs a command and answers with its output as it comes, in the form that the client asks for. */
export async function streamExec(
  context: Context,
  box: EngineBox,
  command: Command,
): Promise<Response> {
  const encoding = execStreamEncoding(context.req.header("accept"));
  const stream = await executeStream(box, command, {
    merge: encoding.merge,
    runId: context.req.header(RUN_ID_HEADER),
  });
  const body = detachableStream((send) => produce(stream, encoding, send), encoding.keepAlive);
  return context.body(body, 200, {
    "content-type": encoding.contentType,
    "cache-control": "no-store",
    [RUN_ID_HEADER]: stream.runId,
  });
}

async function produce(
  { output, errors, end }: ExecStream,
  encoding: ExecStreamEncoding,
  send: Send,
): Promise<void> {
  const pump = async (name: "stdout" | "stderr", source: AsyncIterable<Uint8Array>) => {
    for await (const data of source) await send(...encoding.chunk(name, data));
  };
  try {
    await Promise.all([pump("stdout", output), errors === null ? null : pump("stderr", errors)]);
    const { exit, note } = await end;
    if (note !== undefined) await send(...encoding.chunk("stderr", Buffer.from(note)));
    await send(encoding.exit(exit));
  } catch (error) {
    await send(encoding.error(error instanceof Error ? error.message : String(error)));
  }
}
