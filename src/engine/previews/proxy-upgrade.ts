import {
  type IncomingMessage,
  type ServerResponse,
  validateHeaderName,
  validateHeaderValue,
} from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { pipeline } from "node:stream/promises";
import { EngineError } from "../engine-error.ts";
import { answerOf, askBox, type Target } from "./ask-box.ts";
import { type Arrival, answerHeaders, requestHeaders } from "./forward-headers.ts";
import { relayAnswer } from "./relay-answer.ts";

/** When one side has ended: for what the other still has to say, such as the close of a WebSocket. */
const LINGER_MS = 10_000;

/**
 * Passes a request for another protocol on, and when the program agrees, the bytes of both sides.
 * @param response is used when the program does not agree
 * @throws EngineError 400 for a request with a body; 502, 504
 */
export async function proxyUpgrade(
  request: IncomingMessage,
  { socket, head, response }: { socket: Duplex; head: Buffer; response: ServerResponse },
  arrival: Arrival,
  target: Target,
): Promise<void> {
  requireNoBody(request);
  const upgrade = request.headers.upgrade ?? "";
  const headers = requestHeaders(request, arrival);
  headers.push(["Connection", "Upgrade"], ["Upgrade", upgrade]);
  const asked = await askBox({ ...target, request, headers });
  const answered = answerOf(asked);
  asked.end();
  const { answer, stream, head: first } = await answered;
  if (stream === undefined) {
    await relayAnswer(answer, response);
    return;
  }
  const agreement = switchingProtocols(answer);
  response.detachSocket(socket as Socket);
  socket.write(agreement);
  if (first !== undefined && first.length > 0) socket.write(first);
  if (head.length > 0) stream.write(head);
  await join(socket, stream, target.control);
}

/** node:http takes nothing but the new protocol from such a connection any more. */
function requireNoBody({ headers }: IncomingMessage): void {
  if (headers["transfer-encoding"] === undefined && Number(headers["content-length"] ?? 0) === 0) {
    return;
  }
  throw new EngineError(
    400,
    "invalid_request",
    "A request for another protocol cannot have a body here; send it without the Upgrade header.",
  );
}

function switchingProtocols(answer: IncomingMessage): string {
  const upgrade = answer.headers.upgrade ?? "";
  const headers = [...answerHeaders(answer), ["Connection", "Upgrade"], ["Upgrade", upgrade]];
  try {
    for (const [name = "", value = ""] of headers) {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    }
  } catch (cause) {
    throw new EngineError(
      502,
      "bad_answer",
      "The program in the box sent headers that cannot be handed on; look at what it sends.",
      { cause },
    );
  }
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  return ["HTTP/1.1 101 Switching Protocols", ...lines, "", ""].join("\r\n");
}

/** Until both sides have ended, or one has and the other does not follow. */
async function join(socket: Duplex, stream: Duplex, control: AbortController): Promise<void> {
  const directions = [pipeline(socket, stream), pipeline(stream, socket)];
  await Promise.race(directions).catch(() => undefined);
  const timer = setTimeout(() => control.abort(), LINGER_MS);
  await Promise.allSettled(directions);
  clearTimeout(timer);
  socket.destroy();
}
