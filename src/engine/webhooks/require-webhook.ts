import type { Webhook } from "../../box/wire.ts";
import { EngineError } from "../engine-error.ts";
import { publicAddresses } from "../public-addresses.ts";
import { requireWebhookHeaders } from "./require-webhook-headers.ts";

/**
 * Refuses a webhook that could never be delivered, while its client still listens. A host that
 * cannot be found now may be there when the run ends.
 * @param fields what its parts are called in the request
 * @throws EngineError 400 naming the field
 */
export async function requireWebhook(
  webhook: Webhook,
  allowedHosts: ReadonlySet<string>,
  fields = { url: "webhook.url", headers: "webhook.headers" },
): Promise<void> {
  requireWebhookHeaders(webhook.headers ?? {}, fields.headers);
  const url = new URL(webhook.url);
  if (url.username !== "" || url.password !== "") {
    throw new EngineError(
      400,
      "invalid_request",
      `${fields.url}: holds a credential; send it in ${fields.headers}.`,
    );
  }
  try {
    await publicAddresses(url, allowedHosts);
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== "private_address") return;
    throw new EngineError(400, error.code, `${fields.url}: ${error.message}`, { cause: error });
  }
}
