import { type Context, Hono } from "hono";
import { withLimit } from "../../host/with-limit.ts";
import type { Delivery } from "./delivery.ts";

export interface WebhookEdgeOptions {
  /** Whether the signature belongs to the raw body. */
  verify(body: string, signature: string): Promise<boolean>;
  /** Keeps the delivery; what it says is answered. */
  accept(delivery: Delivery, body: string): Promise<"accepted" | "known">;
  onError(error: unknown): void;
}

/** GitHub sends no payload that is larger. */
const PAYLOAD_LIMIT_BYTES = 25 * 1024 * 1024;
/**
 * GitHub gives an answer ten seconds. A store that takes this long is down: GitHub shows the delivery as
 * failed, and people can have it delivered again.
 */
const STORE_LIMIT_MS = 4_000;

const REQUIRED_HEADERS = ["x-github-event", "x-github-delivery", "x-hub-signature-256"] as const;
/** What GitHub sends is well within these. */
const EVENT = /^[a-z_]{1,64}$/;
const DELIVERY = /^[A-Za-z0-9-]{1,64}$/;

/**
 * `POST /api/github/webhooks`: nothing is read from a body before its signature has been checked, and
 * nothing is acknowledged before it is kept.
 */
export function webhookEdge(options: WebhookEdgeOptions): Hono {
  const edge = new Hono();
  edge.post("/api/github/webhooks", async (context) => {
    // GitHub always says how long it is; what does not would have to be counted while it is read.
    const length = context.req.header("content-length");
    if (length === undefined) return refuse(context, 411, "Send a Content-Length.");
    if (Number(length) > PAYLOAD_LIMIT_BYTES) return refuse(context, 413, "It is too large.");
    if (!context.req.header("content-type")?.startsWith("application/json")) {
      return refuse(context, 415, "Set the webhook's content type to application/json.");
    }
    const missing = REQUIRED_HEADERS.filter((name) => !context.req.header(name));
    // No signature is a wrong one: an App without a secret must not be taken at its word.
    if (missing.includes("x-hub-signature-256")) return unauthorized(context);
    if (missing.length > 0) {
      return refuse(context, 400, `Required headers are missing: ${missing.join(", ")}.`);
    }
    const [name = "", id = "", signature = ""] = REQUIRED_HEADERS.map((header) =>
      context.req.header(header),
    );
    if (!EVENT.test(name) || !DELIVERY.test(id)) {
      return refuse(context, 400, "X-GitHub-Event or X-GitHub-Delivery is not what GitHub sends.");
    }
    const body = await context.req.text();
    if (!(await options.verify(body, signature).catch(() => false))) return unauthorized(context);
    let payload: unknown;
    try {
      payload = JSON.parse(body);
    } catch {
      return refuse(context, 400, "The payload is not JSON.");
    }
    try {
      const kept = await withLimit(options.accept({ id, name, payload }, body), STORE_LIMIT_MS);
      return context.json({ [kept]: id }, 202);
    } catch (error) {
      options.onError(error);
      context.header("Retry-After", "30");
      return refuse(context, 503, "The delivery could not be kept; deliver it again.");
    }
  });
  return edge;
}

function refuse(context: Context, status: 400 | 411 | 413 | 415 | 503, error: string): Response {
  return context.json({ error }, status);
}

function unauthorized(context: Context): Response {
  return context.json(
    { error: "The signature is missing or wrong; WEBHOOK_SECRET must be the App's own secret." },
    401,
  );
}
