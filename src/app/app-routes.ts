import { Hono } from "hono";
import { isSameSecret } from "../host/is-same-secret.ts";
import { type WebhookEdgeOptions, webhookEdge } from "./deliveries/webhook-edge.ts";
import type { AppMetrics } from "./metrics/app-metrics.ts";

export interface AppRoutesOptions {
  webhooks: WebhookEdgeOptions;
  metrics: AppMetrics;
  /** What a scraper of `/metrics` has to send; null: nothing. */
  metricsToken: string | null;
  /** Why no work should be sent here; null when it may. */
  notReady(): Promise<string | null>;
}

/** All that the App answers: webhooks, and what its operator looks at. */
export function appRoutes(options: AppRoutesOptions): Hono {
  const { metrics, metricsToken } = options;
  const app = new Hono();
  app.get("/healthz", (context) => context.json({ ok: true }));
  app.get("/readyz", async (context) => {
    const because = await options.notReady();
    return because === null
      ? context.json({ ready: true })
      : context.json({ ready: false, because }, 503);
  });
  app.get("/metrics", async (context) => {
    const offered = context.req.header("authorization") ?? "";
    if (metricsToken !== null && !isSameSecret(offered, `Bearer ${metricsToken}`)) {
      return context.text("Send BOX_ACTION_METRICS_TOKEN as a bearer token.\n", 401);
    }
    const { body, contentType } = await metrics.text();
    return context.body(body, 200, { "content-type": contentType });
  });
  app.route("/", webhookEdge(options.webhooks));
  return app;
}
