import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import type { Webhook, WebhookEvent } from "../../box/wire.ts";
import { EngineError } from "../engine-error.ts";
import { publicAddresses } from "../public-addresses.ts";
import { postOnce } from "./post-once.ts";
import { requireWebhookHeaders } from "./require-webhook-headers.ts";
import { signWebhook } from "./sign-webhook.ts";

/** How long to wait before each further try: a restart of the receiver takes minutes at most. */
const DELAYS_MS = [5_000, 30_000, 120_000, 300_000];
/** For one try. Receivers are told to answer first and work afterwards. */
const TRY_TIMEOUT_MS = 10_000;
/** What a receiver can be expected to take; the run's record has the rest. */
const OUTPUT_LIMIT_CHARACTERS = 256 * 1024;

export interface DeliverWebhookOptions {
  /** See {@link signWebhook}. */
  secret: string;
  /** `host[:port]`s that may be reached although they are in a private network. */
  allowedHosts: ReadonlySet<string>;
  /** Aborted when the engine stops: waiting and sending end at once. */
  signal: AbortSignal;
  /** Milliseconds before each further try; their number decides how many there are. */
  delays?: readonly number[];
  /** Milliseconds for each try. @default 10 000 */
  tryTimeout?: number;
  /** Waits; the tests' own does not. */
  sleep?: (milliseconds: number, signal: AbortSignal) => Promise<unknown>;
}

/**
 * Tells a receiver how a run ended: a POST of {@link WebhookEvent}, tried again while the network
 * fails or the answer is 408, 429 or 5xx. All tries carry one `x-box-delivery` (and the same as
 * `webhook-id`), so that a receiver can tell a repetition, and each a `webhook-timestamp` and a
 * `webhook-signature`. Connects only to addresses that were checked, and follows no redirect.
 * @throws EngineError `webhook_failed` saying why it was given up, without the URL's path or query,
 *   which may hold secrets
 */
export async function deliverWebhook(
  webhook: Webhook,
  event: WebhookEvent,
  options: DeliverWebhookOptions,
): Promise<void> {
  const url = new URL(webhook.url);
  requireWebhookHeaders(webhook.headers ?? {}, "webhook.headers");
  const delays = options.delays ?? DELAYS_MS;
  const sleep = options.sleep ?? ((ms, signal) => setTimeout(ms, undefined, { signal }));
  const id = randomUUID();
  const body = JSON.stringify(shortened(event));
  for (let tries = 1; ; tries++) {
    if (options.signal.aborted) throw failed(url, "the engine stopped before it had arrived");
    const failure = await tryOnce(url, webhook, id, body, options);
    if (failure === null) return;
    if (options.signal.aborted) continue;
    const delay = delays[tries - 1];
    if (!failure.again || delay === undefined) {
      throw failed(url, `${failure.reason} (${tries} ${tries === 1 ? "try" : "tries"})`);
    }
    // A stop ends the waiting; the next try sees it.
    await sleep(delay, options.signal).catch(() => undefined);
  }
}

/** Why a try was none, and whether another can help. */
interface Failure {
  reason: string;
  again: boolean;
}

async function tryOnce(
  url: URL,
  webhook: Webhook,
  id: string,
  body: string,
  { secret, allowedHosts, signal, tryTimeout = TRY_TIMEOUT_MS }: DeliverWebhookOptions,
): Promise<Failure | null> {
  const timestamp = Math.floor(Date.now() / 1000);
  const timeout = AbortSignal.timeout(tryTimeout);
  try {
    const status = await postOnce({
      url,
      body,
      headers: {
        ...lowerCased(webhook.headers ?? {}),
        "content-type": "application/json",
        "user-agent": "box-action",
        "x-box-delivery": id,
        "webhook-id": id,
        "webhook-timestamp": String(timestamp),
        "webhook-signature": signWebhook(secret, { id, timestamp, body }),
      },
      // Looked up for each try: the receiver may have moved, and the check must see where to.
      addresses: await publicAddresses(url, allowedHosts),
      signal: AbortSignal.any([signal, timeout]),
    });
    if (status >= 200 && status < 300) return null;
    const redirected = status >= 300 && status < 400 ? ", and redirects are not followed" : "";
    return {
      reason: `the receiver answered ${status}${redirected}`,
      again: status === 408 || status === 429 || status >= 500,
    };
  } catch (error) {
    if (timeout.aborted) {
      return { reason: `the receiver did not answer in ${tryTimeout} ms`, again: true };
    }
    const again = !(error instanceof EngineError) || error.code !== "private_address";
    return { reason: reasonOf(error), again };
  }
}

/** Names are compared without case, so that ours replace a client's own and are not sent twice. */
function lowerCased(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}

function shortened(event: WebhookEvent): WebhookEvent {
  const { output } = event;
  if (output === undefined || output.length <= OUTPUT_LIMIT_CHARACTERS) return event;
  return { ...event, output: output.slice(-OUTPUT_LIMIT_CHARACTERS) };
}

function reasonOf(error: unknown): string {
  if (error instanceof EngineError) return error.message.replace(/\.$/, "");
  const { code, message } = error as NodeJS.ErrnoException;
  return `the connection failed (${code ?? message})`;
}

function failed(url: URL, reason: string): EngineError {
  return new EngineError(
    502,
    "webhook_failed",
    `The webhook to ${url.host} was not delivered: ${reason}; check the receiver and read the run instead.`,
  );
}
