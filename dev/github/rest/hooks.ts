import type { Delivery } from "../webhooks/webhooks.ts";
import { isoTime } from "../world.ts";
import { notFound } from "./errors.ts";
import { paged } from "./page.ts";
import { type Call, ok, type Route, route } from "./route.ts";

const DELIVERIES = "/app/hook/deliveries";

export const hookRoutes: Route[] = [
  route(`GET ${DELIVERIES}`, "app", (call) => {
    const { items, headers } = paged(call, deliveriesOf(call).reverse());
    return ok(items.map(deliveryJson), headers);
  }),
  route(`GET ${DELIVERIES}/{delivery_id}`, "app", (call) => {
    const delivery = deliveryOf(call);
    return ok({
      ...deliveryJson(delivery),
      url: call.caller.kind === "app" ? (call.caller.app.webhookUrl ?? "") : "",
      request: { headers: delivery.requestHeaders, payload: delivery.payload },
      response: { headers: {}, payload: delivery.responseBody },
    });
  }),
  route(`POST ${DELIVERIES}/{delivery_id}/attempts`, "app", (call) => {
    void call.world.webhooks.redeliver(deliveryOf(call));
    return { status: 202, body: {} };
  }),
];

function deliveriesOf(call: Call): Delivery[] {
  const { caller, world } = call;
  if (caller.kind !== "app") return [];
  // One that is under way has no status yet and is not listed.
  return world.webhooks.log.filter((one) => one.app === caller.app.slug && one.status !== null);
}

function deliveryOf(call: Call): Delivery {
  const id = Number(call.params.delivery_id);
  const delivery = deliveriesOf(call).find((one) => one.id === id);
  if (!delivery) throw notFound();
  return delivery;
}

function deliveryJson(delivery: Delivery) {
  return {
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: isoTime(delivery.deliveredAt),
    redelivery: delivery.redelivery,
    duration: (delivery.duration ?? 0) / 1000,
    status: statusText(delivery),
    status_code: delivery.status ?? 0,
    event: delivery.event,
    action: delivery.action,
    installation_id: delivery.installationId,
    repository_id: delivery.repositoryId,
    throttled_at: null,
  };
}

function statusText({ status, error }: Delivery): string {
  if (!status) return error ?? "failed to connect to host";
  return status < 300 ? "OK" : `Invalid HTTP Response: ${status}`;
}
