import type { Webhook, WebhookEvent } from "../../box/wire.ts";
import { type DeliverWebhookOptions, deliverWebhook } from "./deliver-webhook.ts";
import { requireWebhook } from "./require-webhook.ts";

/** The deliveries of an engine: they go on in the background, and end when the engine stops. */
export class Webhooks {
  readonly #options: Omit<DeliverWebhookOptions, "signal">;
  readonly #stop = new AbortController();
  readonly #underWay = new Set<Promise<void>>();

  constructor(options: Omit<DeliverWebhookOptions, "signal">) {
    this.#options = options;
  }

  /**
   * To be asked before a run starts.
   * @throws EngineError 400 for a webhook that could never be delivered; see {@link requireWebhook}
   */
  check(webhook: Webhook, fields?: { url: string; headers: string }): Promise<void> {
    return requireWebhook(webhook, this.#options.allowedHosts, fields);
  }

  /** @param onFailure told in a sentence, for the box's log, when the delivery is given up */
  deliver(webhook: Webhook, event: WebhookEvent, onFailure: (message: string) => void): void {
    const delivery = deliverWebhook(webhook, event, {
      ...this.#options,
      signal: this.#stop.signal,
    }).catch((error: Error) => onFailure(error.message));
    this.#underWay.add(delivery);
    void delivery.finally(() => this.#underWay.delete(delivery));
  }

  /** Gives up what is still to be delivered, and says so in the boxes' logs. */
  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#underWay);
  }
}
