import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { type Answer, fitAnswer } from "./answer.ts";
import { type Ask, type Format, readAsk } from "./ask.ts";
import { chatBody, chatEvents } from "./chat.ts";
import { eventText, type ModelEvent } from "./event.ts";
import { messagesBody, messagesEvents } from "./messages.ts";
import { responsesBody, responsesEvents } from "./responses.ts";
import { Scenario, type ScenarioInput, type Turn } from "./scenario.ts";

const PATHS: Readonly<Record<string, Format>> = {
  "/v1/messages": "messages",
  "/v1/responses": "responses",
  "/v1/chat/completions": "chat",
};
/** What was asked is kept for those who look; no more than this. */
const KEPT_REQUESTS = 1_000;
const ASIDE: Turn = Scenario.parse({ turns: [{ text: "A title" }] }).turns[0] as Turn;
const DONE: Turn = Scenario.parse({ turns: [{ text: "Done" }] }).turns[0] as Turn;
/** Of a turn of many bytes; one piece. */
const FILLER = "0123456789abcdef".repeat(1024);

/** What a program has asked. */
export interface ModelRequest {
  format: Format;
  path: string;
  headers: IncomingMessage["headers"];
  body: Record<string, unknown>;
}

/** A model without a model: it does what scenarios say. */
export interface ScriptedModel {
  /** Without `/v1`. */
  url: string;
  /** Oldest first. */
  requests: readonly ModelRequest[];
  /** Adds a scenario; of two for the same words the newer one counts. */
  play(scenario: ScenarioInput): void;
  close(): Promise<void>;
}

/**
 * Serves the three formats on loopback.
 *
 * @example
 * const model = await startModel();
 * model.play({ turns: [{ tools: [{ tool: "shell", command: "ls" }] }, { text: "Done" }] });
 */
export async function startModel(scenarios: readonly ScenarioInput[] = []): Promise<ScriptedModel> {
  const script = new Script();
  for (const scenario of scenarios) script.add(scenario);
  const requests: ModelRequest[] = [];
  const server = createServer((request, response) => {
    respond(request, response, script, requests).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    play: (scenario) => script.add(scenario),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

/** Which turn comes next. */
class Script {
  readonly #scenarios: Array<{ scenario: Scenario; played: number }> = [];

  add(scenario: ScenarioInput): void {
    const parsed = Scenario.parse(scenario);
    const others = this.#scenarios.filter((each) => each.scenario.match !== parsed.match);
    this.#scenarios.splice(0, Infinity, ...others, { scenario: parsed, played: 0 });
  }

  next({ isAside, words }: Ask): Turn {
    if (isAside) return ASIDE;
    // The words that come last are those of the newest prompt: what was asked before is there too.
    const found = this.#scenarios
      .map((each) => ({ each, at: words.lastIndexOf(each.scenario.match ?? "\0") }))
      .filter(({ each, at }) => each.scenario.match === undefined || at !== -1)
      .sort((a, b) => b.at - a.at)[0]?.each;
    if (found === undefined) return DONE;
    const { turns } = found.scenario;
    return turns[Math.min(found.played++, turns.length - 1)] ?? DONE;
  }
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  script: Script,
  requests: ModelRequest[],
): Promise<void> {
  const path = request.url ?? "";
  const { pathname } = new URL(path, "http://model");
  const format = PATHS[pathname.replace(/\/count_tokens$/, "")];
  if (request.method !== "POST" || format === undefined) {
    return send(response, 404, { error: { message: `no ${request.method} ${pathname}` } });
  }
  const body = (await json(request)) as Record<string, unknown>;
  requests.push({ format, path, headers: request.headers, body });
  if (requests.length > KEPT_REQUESTS) requests.shift();
  if (pathname.endsWith("/count_tokens")) return send(response, 200, { input_tokens: 100 });
  const ask = readAsk(format, body);
  const turn = script.next(ask);
  if (turn.delayMs !== undefined) await delay(turn.delayMs);
  if (turn.status !== undefined) return sendError(response, format, turn);
  if (turn.bytes !== undefined) return flood(response, format, turn.bytes);
  let answer: Answer;
  try {
    answer = fitAnswer(turn, ask);
  } catch (error) {
    return sendError(response, format, { ...turn, status: 400, message: (error as Error).message });
  }
  if (!ask.isStream) return send(response, 200, wholeBody(format, answer));
  await stream(response, turn, events(format, answer, body));
}

function wholeBody(format: Format, answer: Answer): object {
  if (format === "messages") return messagesBody(answer);
  return format === "responses" ? responsesBody(answer) : chatBody(answer);
}

function events(format: Format, answer: Answer, body: Record<string, unknown>) {
  if (format === "messages") return messagesEvents(answer);
  if (format === "responses") return responsesEvents(answer);
  const options = body.stream_options as { include_usage?: boolean } | undefined;
  return chatEvents(answer, options?.include_usage === true);
}

async function stream(response: ServerResponse, turn: Turn, all: Iterable<ModelEvent>) {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  response.flushHeaders();
  let sent = 0;
  for (const event of all) {
    // What was sent before arrives.
    if (sent === turn.cutAfterEvents) return void response.socket?.destroySoon();
    if (turn.pieceDelayMs !== undefined) await delay(turn.pieceDelayMs);
    if (response.destroyed) return;
    if (!response.write(eventText(event))) await drained(response);
    sent++;
  }
  response.end();
}

/** Nothing is made anew: what is measured is whoever reads it. */
async function flood(response: ServerResponse, format: Format, bytes: number): Promise<void> {
  response.writeHead(200, { "content-type": "text/event-stream" });
  const data =
    format === "messages"
      ? {
          type: "content_block_delta",
          index: 0,
          delta: { type: "text_delta", text: FILLER },
        }
      : { choices: [{ index: 0, delta: { content: FILLER } }] };
  const piece = Buffer.from(eventText({ name: "content_block_delta", data }));
  for (let sent = 0; sent < bytes && !response.destroyed; sent += piece.length) {
    if (!response.write(piece)) await drained(response);
  }
  response.end();
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off("drain", done).off("close", done);
      resolve();
    };
    response.on("drain", done).on("close", done);
  });
}

function sendError(response: ServerResponse, format: Format, turn: Turn): void {
  const { status = 500, message = `scripted ${status}`, retryAfterSeconds } = turn;
  const headers: Record<string, string> =
    retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) };
  const error = { type: status === 429 ? "rate_limit_error" : "scripted", message };
  send(response, status, format === "messages" ? { type: "error", error } : { error }, headers);
}

function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}
