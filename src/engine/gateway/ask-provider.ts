import http, { type Agent, type IncomingMessage } from "node:http";
import https from "node:https";
import { setTimeout as delay } from "node:timers/promises";

/** Busy, as providers say it: too many requests, or (Anthropic) overloaded. */
const BUSY = [429, 529];
const BUSY_ATTEMPTS = 6;
/** A server that fails three times in a row will fail the fourth time too. */
const FAILED_ATTEMPTS = 3;
/** For one call in all. Somebody waits for the run. */
const PATIENCE_MS = 120_000;
const FIRST_WAIT_MS = 1_000;
/** A model that thinks for long sends pings; ten minutes are Anthropic's own limit for the rest. */
const SILENCE_LIMIT_MS = 600_000;
/** Of a connection that is not there for a moment, or was closed in the moment in which it was used again. */
const CONNECTION = [
  ...["ECONNRESET", "EPIPE", "ECONNREFUSED", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH"],
  ...["EAI_AGAIN", "ENOTFOUND"],
];

export interface ProviderRequest {
  url: URL;
  headers: Readonly<Record<string, string>>;
  body: Buffer;
  agents: { http: Agent; https: https.Agent };
  signal: AbortSignal;
  /** Told of each wait, in milliseconds. */
  onWait: (status: number, milliseconds: number) => void;
}

/**
 * Sends a request to a provider, and again while it is busy, for as long as it says, or fails.
 * @returns the answer, whose body has not been read; also one that says that it is busy still
 * @throws Error when the provider cannot be reached
 */
export async function askProvider(request: ProviderRequest): Promise<IncomingMessage> {
  const deadline = Date.now() + PATIENCE_MS;
  for (let attempt = 1; ; attempt++) {
    let answer: IncomingMessage;
    try {
      answer = await askOnce(request);
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      const isPassing = CONNECTION.includes(code) && !request.signal.aborted;
      if (!isPassing || attempt === FAILED_ATTEMPTS) throw error;
      await pause(attempt, request.signal);
      continue;
    }
    const status = answer.statusCode ?? 0;
    if (attempt >= attemptsFor(status)) return answer;
    const wait = retryAfter(answer) ?? waitAfter(attempt);
    if (Date.now() + wait > deadline) return answer;
    answer.resume();
    request.onWait(status, wait);
    await delay(wait, undefined, { signal: request.signal });
  }
}

function waitAfter(attempt: number): number {
  return FIRST_WAIT_MS * 2 ** (attempt - 1);
}

async function pause(attempt: number, signal: AbortSignal): Promise<void> {
  await delay(waitAfter(attempt), undefined, { signal });
}

function attemptsFor(status: number): number {
  if (BUSY.includes(status)) return BUSY_ATTEMPTS;
  return status >= 500 ? FAILED_ATTEMPTS : 1;
}

function askOnce({ url, headers, body, agents, signal }: ProviderRequest) {
  const isSecure = url.protocol === "https:";
  return new Promise<IncomingMessage>((resolve, reject) => {
    const request = (isSecure ? https : http).request(
      url,
      {
        method: "POST",
        agent: isSecure ? agents.https : agents.http,
        headers: { ...headers, "content-length": String(body.length) },
        signal,
      },
      resolve,
    );
    request.setTimeout(SILENCE_LIMIT_MS, () =>
      request.destroy(new Error(`it said nothing for ${SILENCE_LIMIT_MS / 60_000} minutes`)),
    );
    request.on("error", reject);
    request.end(body);
  });
}

/** Milliseconds, from seconds or a date (RFC 9110, 10.2.3), or as OpenAI has it to the millisecond. */
function retryAfter({ headers }: IncomingMessage): number | undefined {
  const exact = Number(headers["retry-after-ms"] ?? Number.NaN);
  if (exact >= 0) return exact;
  const text = headers["retry-after"];
  if (text === undefined) return undefined;
  const seconds = Number(text);
  const wait = Number.isNaN(seconds) ? Date.parse(text) - Date.now() : seconds * 1000;
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}
