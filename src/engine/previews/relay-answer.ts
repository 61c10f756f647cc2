import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { EngineError } from "../engine-error.ts";
import { answerHeaders } from "./forward-headers.ts";

/**
 * Hands a program's answer on to the client, as fast as the client takes it.
 * @throws EngineError 502 for an answer that node:http would not send
 */
export async function relayAnswer(
  answer: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const status = answer.statusCode ?? 0;
  try {
    if (status < 200 || status > 599) throw new Error(`status ${status}`);
    // Without the reason phrase, which says nothing that the status does not.
    response.writeHead(status, answerHeaders(answer).flat());
  } catch (cause) {
    throw new EngineError(
      502,
      "bad_answer",
      "The program in the box sent an answer that cannot be handed on; look at its status and headers.",
      { cause },
    );
  }
  // An event stream may have nothing to say for long.
  response.flushHeaders();
  await pipeline(answer, response);
}
