import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";

/** A delivery whose signature was right. */
export interface Delivery {
  /** The GUID that GitHub gave it, the same when it is delivered again. */
  id: string;
  name: string;
  payload: unknown;
}

export interface WebhookEdgeOptions {
  /** Whether the signature belongs to the raw body. */
  verify(body: string, signature: string): Promise<boolean>;
  /** Takes the delivery; returns at once, works after. */
  accept(delivery: Delivery): void;
}

/** GitHub sends no payload that is larger. */
const PAYLOAD_LIMIT_BYTES = 25 * 1024 * 1024;

const REQUIRED_HEADERS = ["x-github-event", "x-github-delivery", "x-hub-signature-256"] as const;

/** `POST /api/github/webhooks`: nothing is read from a body before its signature has been checked. */
export function webhookEdge(options: WebhookEdgeOptions): Hono {
  const edge = new Hono();
  edge.post(
    "/api/github/webhooks",
    bodyLimit({
      maxSize: PAYLOAD_LIMIT_BYTES,
      onError: (context) => context.json({ error: "The payload is too large." }, 413),
    }),
    async (context) => {
      if (!context.req.header("content-type")?.startsWith("application/json")) {
        return context.json({ error: "Set the webhook's content type to application/json." }, 415);
      }
      const missing = REQUIRED_HEADERS.filter((name) => !context.req.header(name));
      // No signature is a wrong one: an App without a secret must not be taken at its word.
      if (missing.includes("x-hub-signature-256")) return unauthorized(context);
      if (missing.length > 0) {
        return context.json({ error: `Required headers are missing: ${missing.join(", ")}.` }, 400);
      }
      const [name = "", id = "", signature = ""] = REQUIRED_HEADERS.map((header) =>
        context.req.header(header),
      );
      const body = await context.req.text();
      if (!(await options.verify(body, signature).catch(() => false))) return unauthorized(context);
      let payload: unknown;
      try {
        payload = JSON.parse(body);
      } catch {
        return context.json({ error: "The payload is not JSON." }, 400);
      }
      options.accept({ id, name, payload });
      return context.json({ accepted: id }, 202);
    },
  );
  return edge;
}

function unauthorized(context: { json(body: object, status: 401): Response }): Response {
  return context.json(
    { error: "The signature is missing or wrong; WEBHOOK_SECRET must be the App's own secret." },
    401,
  );
}
