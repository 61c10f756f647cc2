import { type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { BoxdError } from "../boxd/index.ts";
import type { EngineBox } from "../engine-box.ts";
import { EngineError } from "../engine-error.ts";

/** A program that listens and accepts nobody: its caller is not kept waiting for the kernel's minutes. */
const CONNECT_LIMIT_MS = 10_000;
/** What a program may send before the body of its answer; browsers take no more. */
const ANSWER_HEADER_LIMIT_BYTES = 64 * 1024;

/** Where a request goes, and what ends it and its connection. */
export interface Target {
  box: EngineBox;
  port: number;
  control: AbortController;
}

interface BoxRequest extends Target {
  /** As it came; with its method and its target it goes on. */
  request: IncomingMessage;
  headers: readonly (readonly [string, string])[];
}

/**
 * Opens a request to what listens on a port in a box, on a connection of its own: what a hostile program
 * sends too much can be nobody else's answer.
 *
 * @throws EngineError 502 when nothing listens there, 504 when what listens does not accept
 */
export async function askBox(question: BoxRequest): Promise<ClientRequest> {
  const { request, headers, control } = question;
  const stream = await dialBox(question);
  control.signal.addEventListener("abort", () => stream.destroy(), { once: true });
  const asked = httpRequest({
    createConnection: () => stream,
    method: request.method,
    path: pathOf(request.url ?? "/"),
    headers: headers.flat(),
    maxHeaderSize: ANSWER_HEADER_LIMIT_BYTES,
  });
  // Whoever waits for the answer hears of it; what fails later ends the body.
  asked.on("error", () => undefined);
  return asked;
}

/** The answer's head; `stream` and `head` are there when the program has changed the protocol. */
export interface BoxAnswer {
  answer: IncomingMessage;
  stream?: Duplex;
  head?: Buffer;
}

/** @throws EngineError 502 when what comes is not HTTP, or nothing comes any more */
export function answerOf(asked: ClientRequest): Promise<BoxAnswer> {
  return new Promise((resolve, reject) => {
    asked.once("response", (answer) => {
      // node:http takes a broken connection for the end of an answer without a length.
      asked.once("error", (error) => answer.complete || answer.destroy(error));
      resolve({ answer });
    });
    asked.once("upgrade", (answer, stream, head) => resolve({ answer, stream, head }));
    const fail = (cause?: unknown) => reject(notHttp(cause));
    asked.once("error", fail);
    asked.once("close", fail);
  });
}

/** A client may name the whole URL, as it does for a proxy. */
function pathOf(target: string): string {
  const path = target.replace(/^https?:\/\/[^/?]*/i, "");
  return path.startsWith("/") || path === "*" ? path : `/${path}`;
}

async function dialBox({ box, port, control }: BoxRequest): Promise<Duplex> {
  const timer = setTimeout(() => control.abort(tooSlow(port)), CONNECT_LIMIT_MS);
  try {
    const connection = await box.liveConnection();
    if (connection === undefined) throw nothingListens(port);
    return await connection.dial({ port, signal: control.signal });
  } catch (cause) {
    if (!(cause instanceof BoxdError)) throw cause;
    if (cause.errnoName === "ECONNREFUSED") throw nothingListens(port, cause);
    throw new EngineError(
      502,
      "bad_gateway",
      `Port ${port} of the box cannot be reached: ${cause.message}. Look at the program in the box.`,
      { cause },
    );
  } finally {
    clearTimeout(timer);
  }
}

function nothingListens(port: number, cause?: unknown): EngineError {
  return new EngineError(
    502,
    "nothing_listens",
    `Nothing listens on port ${port} in the box; start the program there, on 127.0.0.1 or on all addresses.`,
    { cause },
  );
}

function tooSlow(port: number): EngineError {
  return new EngineError(
    504,
    "no_connection",
    `What listens on port ${port} in the box takes no connection; look whether it hangs.`,
  );
}

function notHttp(cause: unknown): EngineError {
  if (cause instanceof EngineError) return cause;
  return new EngineError(
    502,
    "bad_answer",
    "The program in the box did not answer as HTTP demands; look at its own output.",
    { cause },
  );
}
