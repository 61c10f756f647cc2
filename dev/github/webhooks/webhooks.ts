import { createHmac, randomUUID } from "node:crypto";
import type { AppRecord, InstallationRecord, RepositoryRecord } from "../store/records.ts";
import type { World } from "../world.ts";

/** One attempt to tell an App of an event. */
export interface Delivery {
  id: number;
  /** `X-GitHub-Delivery`; a redelivery keeps it. */
  guid: string;
  event: string;
  action: string | null;
  app: string;
  installationId: number;
  repositoryId: number | null;
  payload: Record<string, unknown>;
  redelivery: boolean;
  /** Milliseconds since 1970. */
  deliveredAt: number;
  /** HTTP status; `null` while under way, 0 if no answer came. */
  status: number | null;
  /** Milliseconds until the answer. */
  duration: number | null;
  error: string | null;
  requestHeaders: Record<string, string>;
  responseBody: string;
}

/** GitHub waits this long for the answer to a webhook. */
const DELIVERY_TIMEOUT_MS = 10_000;

/** The permission without which an App does not hear of an event; any of them will do. */
const EVENT_PERMISSIONS: Record<string, string[]> = {
  issue_comment: ["issues", "pull_requests"],
  issues: ["issues"],
  pull_request: ["pull_requests"],
  pull_request_review: ["pull_requests"],
  pull_request_review_comment: ["pull_requests"],
  push: ["contents"],
  check_run: ["checks"],
  status: ["statuses"],
  label: ["metadata"],
  repository: ["metadata"],
};

/** Signs and sends events to the Apps that subscribed to them, and keeps the log of it. */
export class Webhooks {
  readonly log: Delivery[] = [];
  readonly #world: World;
  readonly #bodies = new Map<number, string>();
  readonly #underway = new Set<Promise<unknown>>();
  readonly #closing = new AbortController();

  constructor(world: World) {
    this.#world = world;
  }

  /** Whether anybody would hear of it; spares building a payload for nobody. */
  wanted(repository: RepositoryRecord, event: string): boolean {
    return this.#listeners(repository, event).length > 0;
  }

  /** Sends an event of a repository to every App that may hear of it. */
  send(
    repository: RepositoryRecord,
    event: string,
    payload: Record<string, unknown>,
    onlyTo?: AppRecord,
  ): Promise<Delivery>[] {
    return this.#listeners(repository, event)
      .filter((installation) => !onlyTo || installation.app === onlyTo)
      .map((installation) => this.sendTo(installation, event, payload, repository));
  }

  sendTo(
    installation: InstallationRecord,
    event: string,
    payload: Record<string, unknown>,
    repository: RepositoryRecord | null = null,
  ): Promise<Delivery> {
    const full = {
      ...payload,
      installation: (payload.installation as object | undefined) ?? {
        id: installation.id,
        node_id: Buffer.from(`Installation:${installation.id}`).toString("base64"),
      },
    };
    const body = JSON.stringify(full);
    return this.#deliver(installation.app, body, {
      guid: randomUUID(),
      event,
      action: typeof payload.action === "string" ? payload.action : null,
      app: installation.app.slug,
      installationId: installation.id,
      repositoryId: repository?.id ?? null,
      payload: full,
      redelivery: false,
    });
  }

  /** Sends the same body with the same GUID again. */
  redeliver(delivery: Delivery): Promise<Delivery> {
    const app = [...this.#world.store.apps.values()].find((one) => one.slug === delivery.app);
    const body = this.#bodies.get(delivery.id);
    if (!app || body === undefined) throw new Error(`Nothing to redeliver for ${delivery.guid}`);
    return this.#deliver(app, body, { ...delivery, redelivery: true });
  }

  /** Waits until no delivery is under way. */
  async settled(): Promise<void> {
    while (this.#underway.size > 0) await Promise.all(this.#underway);
  }

  /** Keeps `settled` and `close` waiting for work that will send something. */
  track<T>(work: Promise<T>): Promise<T> {
    const tracked = work.catch(() => {}).finally(() => this.#underway.delete(tracked));
    this.#underway.add(tracked);
    return work;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.settled();
  }

  #listeners(repository: RepositoryRecord, event: string): InstallationRecord[] {
    return [...this.#world.store.installations.values()].filter(
      (installation) =>
        installation.events.includes(event) &&
        this.#world.store.covers(installation, repository) &&
        (EVENT_PERMISSIONS[event] ?? ["metadata"]).some(
          (name) => name === "metadata" || installation.permissions[name] !== undefined,
        ),
    );
  }

  #deliver(
    app: AppRecord,
    body: string,
    about: Pick<
      Delivery,
      | "guid"
      | "event"
      | "action"
      | "app"
      | "installationId"
      | "repositoryId"
      | "payload"
      | "redelivery"
    >,
  ): Promise<Delivery> {
    const delivery: Delivery = {
      ...about,
      id: this.#world.store.nextId("delivery"),
      deliveredAt: this.#world.clock.now(),
      status: null,
      duration: null,
      error: null,
      requestHeaders: headers(app, about.event, about.guid, body),
      responseBody: "",
    };
    this.log.push(delivery);
    this.#bodies.set(delivery.id, body);
    return this.track(this.#attempt(app, delivery, body));
  }

  async #attempt(app: AppRecord, delivery: Delivery, body: string): Promise<Delivery> {
    const started = performance.now();
    try {
      if (!app.webhookUrl) throw new Error("The App has no webhook address");
      const response = await fetch(app.webhookUrl, {
        method: "POST",
        headers: delivery.requestHeaders,
        body,
        redirect: "manual",
        signal: AbortSignal.any([this.#closing.signal, AbortSignal.timeout(DELIVERY_TIMEOUT_MS)]),
      });
      delivery.responseBody = await response.text();
      delivery.status = response.status;
    } catch (error) {
      delivery.status = 0;
      delivery.error = error instanceof Error ? error.message : String(error);
    }
    delivery.duration = performance.now() - started;
    this.#world.events.emit("delivery", delivery);
    return delivery;
  }
}

function headers(
  app: AppRecord,
  event: string,
  guid: string,
  body: string,
): Record<string, string> {
  const signature =
    app.webhookSecret && createHmac("sha256", app.webhookSecret).update(body).digest("hex");
  return {
    accept: "*/*",
    "content-type": "application/json",
    "user-agent": "GitHub-Hookshot/0000001",
    "x-github-delivery": guid,
    "x-github-event": event,
    "x-github-hook-id": String(app.id),
    "x-github-hook-installation-target-id": String(app.id),
    "x-github-hook-installation-target-type": "integration",
    ...(signature && { "x-hub-signature-256": `sha256=${signature}` }),
  };
}
