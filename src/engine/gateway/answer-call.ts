import type { IncomingMessage, ServerResponse } from "node:http";
import { isSameSecret } from "../../host/is-same-secret.ts";
import { askProvider, type ProviderRequest } from "./ask-provider.ts";
import type { ModelCalls } from "./model-calls.ts";
import { authorization } from "./provider.ts";
import { readBody } from "./read-body.ts";
import { refusalBody } from "./refusal.ts";
import { UsageScanner } from "./usage-scanner.ts";
import { formatOf, type WireFormat } from "./wire-format.ts";

/** What a program may tell the provider beside the body, and the provider the program. */
const REQUEST_HEADERS = [
  "accept",
  "content-type",
  "user-agent",
  "anthropic-version",
  "anthropic-beta",
];
const ANSWER_HEADERS =
  /^(content-type|cache-control|retry-after|request-id|x-request-id|x-should-retry|(x|anthropic)-ratelimit-.*|openai-(model|processing-ms|version))$/;
/**
 * What programs are told, without any figure and without the words of the trade: OpenCode asks again
 * when it finds "500" or "rate limit" in an error, also in "$0.5003". People are told more.
 */
const BUDGET_SPENT = "The budget of this run is spent. The model answers no more.";
const GIVEN_UP = "The gateway has given up on the model. The run ends here.";
const UNPRICED =
  "This run has a budget, and the price of that model is not known. Ask another one.";
const COUNT_TOKENS = "/v1/messages/count_tokens";
/** Characters of English text or code in a token, for a call whose provider could not say. */
const CHARACTERS_A_TOKEN = 4;
/** A provider's own words for why it refuses: what is read, and what is told. */
const REASON_LIMIT_BYTES = 64 * 1024;
const REASON_LIMIT_CHARACTERS = 500;

/** What the calls of one run have in common. */
export interface CallContext {
  calls: ModelCalls;
  agents: ProviderRequest["agents"];
  /** Aborted with the run: also calls that wait behind others on one connection end then. */
  closed: AbortSignal;
}

/**
 * Answers one request of a run's program: passes it on to the provider with the real key, and the
 * answer back as it comes.
 */
export async function answerCall(
  request: IncomingMessage,
  response: ServerResponse,
  context: CallContext,
): Promise<void> {
  const { calls } = context;
  const { pathname, search } = new URL(request.url ?? "/", "http://gateway");
  const format = formatOf(pathname);
  const refuse = (status: number, code: string, message: string) =>
    send(response, status, refusalBody(format ?? "chat", status, code, message));
  if (!isOwn(request, calls.token)) {
    return refuse(
      401,
      "invalid_token",
      "This gateway knows the run by its token; it was not sent.",
    );
  }
  if (request.method === "GET" && pathname === "/v1/models") {
    return send(response, 200, { object: "list", data: [{ id: calls.model, object: "model" }] });
  }
  if (format === undefined || request.method !== "POST") {
    return refuse(404, "not_found", `The gateway has no ${request.method} ${pathname}.`);
  }
  if (calls.spent !== undefined) {
    calls.problem = calls.spent;
    return refuse(402, "budget_exceeded", BUDGET_SPENT);
  }
  if (!calls.begin()) {
    response.setHeader("retry-after", "1");
    return refuse(429, "too_many_calls", "This run has many calls on their way. Wait for some.");
  }
  try {
    const read = await readBody(request);
    if ("problem" in read) return refuse(read.status, "invalid_request", read.problem);
    // Others may have spent it while this body came.
    if (calls.spent !== undefined) {
      calls.problem = calls.spent;
      return refuse(402, "budget_exceeded", BUDGET_SPENT);
    }
    const isCounted = pathname !== COUNT_TOKENS;
    const call = { ...context, request, response, format, isCounted, ...read };
    if (calls.budgetUsd !== undefined && !calls.isPriced(modelOf(call))) {
      return refuse(400, "unpriced_model", UNPRICED);
    }
    await passOn({ ...call, path: pathname + search });
  } finally {
    calls.finish();
  }
}

interface Call extends CallContext {
  request: IncomingMessage;
  response: ServerResponse;
  format: WireFormat;
  path: string;
  /** False for the free question how many tokens a text has. */
  isCounted: boolean;
  body: Buffer;
  fields: { model?: unknown; stream?: unknown; stream_options?: unknown };
}

async function passOn(call: Call): Promise<void> {
  const { request, response, calls, agents, format, path } = call;
  const { provider, key } = calls;
  // A program that has gone away pays for no more.
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const signal = AbortSignal.any([gone.signal, call.closed]);
  let answer: IncomingMessage;
  try {
    answer = await askProvider({
      url: new URL(provider.baseUrl + path),
      headers: {
        ...pick(request),
        // What is compressed cannot be counted while it passes.
        "accept-encoding": "identity",
        ...(key === undefined ? {} : authorization(provider, format, key)),
      },
      body: withUsage(call),
      agents,
      signal,
      onWait: (status, wait) =>
        calls.note(`${provider.name} is busy (${status}): asking again in ${wait / 1000} s.`),
    });
  } catch (error) {
    if (signal.aborted) {
      // Asked all the same: who always leaves at once is not to ask for nothing.
      if (call.isCounted) calls.add(modelOf(call), guess(call, 0), undefined);
      return;
    }
    const message = `${provider.name} cannot be reached at ${provider.baseUrl}: ${(error as Error).message}.`;
    calls.problem = message;
    return send(response, 400, refusalBody(format, 400, "unreachable", GIVEN_UP));
  }
  const status = answer.statusCode ?? 502;
  if (status === 401 || status === 403 || status === 429 || status >= 500) {
    return giveUp(call, answer, status);
  }
  calls.problem = undefined;
  response.writeHead(status, answerHeaders(answer));
  const isStream = answer.headers["content-type"]?.startsWith("text/event-stream") === true;
  const scanner = new UsageScanner(format, isStream);
  await relay(answer, response, call.closed, (chunk) => scanner.push(chunk));
  if (status !== 200 || !call.isCounted) return;
  const found = scanner.end();
  // Anthropic tells the input first: of an answer that was cut off the output is what came of it.
  if (found !== undefined && !answer.complete) {
    found.usage.output = Math.max(found.usage.output, scanner.pieces);
  }
  calls.add(modelOf(call), found?.usage ?? guess(call, scanner.pieces), found?.costUsd);
}

/**
 * The gateway has had all the patience that helps. A program that were told the status itself would ask
 * again and again, Claude Code ten times (harnesses §7), so it is told of a mistake in its request.
 */
async function giveUp(call: Call, answer: IncomingMessage, status: number): Promise<void> {
  const { response, calls, format } = call;
  const { name } = calls.provider;
  let reason = "";
  try {
    for await (const chunk of answer) {
      if (reason.length < REASON_LIMIT_BYTES) reason += chunk;
    }
  } catch {
    // It broke off; what came says enough.
  }
  const words = reasonOf(calls.key === undefined ? reason : reason.replaceAll(calls.key, "[key]"));
  const message =
    status === 401 || status === 403
      ? `${name} refuses the key (${status}): ${words} Store a valid one with box-action engine keys set ${name}.`
      : `${name} does not answer (${status}), also when asked again: ${words} Try again later.`;
  calls.problem = message;
  send(response, 400, refusalBody(format, 400, "provider_failed", GIVEN_UP));
}

/** The message of an error in any of the formats, or the beginning of what was said instead. */
function reasonOf(text: string): string {
  let message = text;
  try {
    const { error } = JSON.parse(text);
    message = typeof error === "string" ? error : String(error?.message ?? text);
  } catch {
    // It is no JSON.
  }
  const short = message.trim().slice(0, REASON_LIMIT_CHARACTERS);
  return /[.!?]$/.test(short) ? short : `${short}.`;
}

function modelOf({ fields, calls }: Pick<Call, "fields" | "calls">): string {
  return typeof fields.model === "string" ? fields.model : calls.model;
}

/** Chat Completions tells the usage of a stream only to those who ask for it. */
function withUsage({ format, body, fields }: Call): Buffer {
  if (format !== "chat" || fields.stream !== true) return body;
  const options = fields.stream_options as { include_usage?: unknown } | undefined;
  if (options?.include_usage === true) return body;
  const stream_options = { ...options, include_usage: true };
  return Buffer.from(JSON.stringify({ ...fields, stream_options }));
}

/** For an answer that was cut off before its usage came: it was paid for all the same. */
function guess({ body }: Call, pieces: number) {
  const input = Math.ceil(body.length / CHARACTERS_A_TOKEN);
  return { input, cachedInput: 0, cacheWrite: 0, output: pieces };
}

/** Hands on what comes when it comes, no faster than it is taken. A cut stays a cut. */
function relay(
  answer: IncomingMessage,
  response: ServerResponse,
  closed: AbortSignal,
  tap: (chunk: Buffer) => void,
) {
  return new Promise<void>((resolve) => {
    const stop = () => {
      answer.destroy();
      resolve();
    };
    closed.addEventListener("abort", stop, { once: true });
    answer.once("close", () => closed.removeEventListener("abort", stop));
    if (closed.aborted) stop();
    answer.on("data", (chunk: Buffer) => {
      tap(chunk);
      if (!response.write(chunk)) answer.pause();
    });
    response.on("drain", () => answer.resume());
    answer.once("end", () => response.end(resolve));
    // A cut: what came before it is handed on, and the connection ends without the answer's own end.
    answer.once("error", () => response.socket?.end());
    answer.once("close", resolve);
    response.once("close", stop);
  });
}

function isOwn({ headers }: IncomingMessage, token: string): boolean {
  const key = headers["x-api-key"];
  const offered = typeof key === "string" ? key : headers.authorization?.replace(/^Bearer /i, "");
  return offered !== undefined && isSameSecret(offered, token);
}

function pick({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    REQUEST_HEADERS.flatMap((name) => {
      const value = headers[name];
      return value === undefined ? [] : [[name, String(value)]];
    }),
  );
}

function answerHeaders({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value !== undefined && ANSWER_HEADERS.test(name) ? [[name, String(value)]] : [],
    ),
  );
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}
