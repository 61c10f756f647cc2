import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { Hono } from "hono";
import { Probot } from "probot";
import SmeeClient from "smee-client";
import { type BoxService, deleteAllBoxes } from "../core/box-service.ts";
import type { CarriedOut } from "../core/carry-out.ts";
import type { JobEvent } from "../core/events.ts";
import type { Job } from "../core/job.ts";
import { type ServedEngine, serveEngine } from "../engine/serve-engine.ts";
import { listen } from "../host/listen.ts";
import type { AppConfig } from "./config.ts";
import { deliveryHandler } from "./delivery-handler.ts";
import { appIdentity } from "./installation-github.ts";
import { JobRunner } from "./job-runner.ts";
import { webhookEdge } from "./webhook-edge.ts";

/** An App that listens. */
export interface ServedApp {
  /** Its webhook is at `/api/github/webhooks` below this. */
  url: string;
  /** Where its boxes come from. */
  boxService: BoxService;
  /** Takes no new jobs, ends those that run, and says `because` in their comments. */
  close(because: string): Promise<void>;
}

export interface AppHooks {
  /** Told of everything that happens in every job. */
  onJobEvent?: (job: Job, event: JobEvent) => void;
  /** Told when a job has ended and its comment says so. */
  onJobDone?: (job: Job, done: CarriedOut) => void;
}

/** Starts the GitHub App: webhooks in, jobs, and an engine where no box service is configured. */
export async function serveApp(config: AppConfig, hooks: AppHooks = {}): Promise<ServedApp> {
  const opened: Array<() => Promise<unknown>> = [];
  try {
    return await openApp(config, hooks, opened);
  } catch (error) {
    // What is open already would keep a process alive that has nothing to do.
    for (const close of opened.reverse()) await close();
    throw error;
  }
}

async function openApp(
  config: AppConfig,
  hooks: AppHooks,
  opened: Array<() => Promise<unknown>>,
): Promise<ServedApp> {
  const probot = new Probot({
    appId: config.appId,
    privateKey: config.privateKey,
    secret: config.webhookSecret,
    baseUrl: config.apiUrl,
    logLevel: config.logLevel,
  });
  await probot.ready();
  const { boxService, engine } = await openBoxService(config, (error) => probot.log.error(error));
  if (engine !== null) opened.push(() => engine.close());
  const identity = appIdentity(probot, config.apiUrl);
  const jobs = new JobRunner({
    agent: config.agent,
    boxService,
    concurrency: config.concurrency,
    log: probot.log,
    repositories: join(config.data, "repositories"),
    ...hooks,
  });
  probot.on(
    ["issue_comment.created", "pull_request_review_comment.created"],
    deliveryHandler({ probot, identity, jobs }),
  );
  const lacking = await engine?.check().catch((error) => probot.log.error(error.message));
  for (const warning of lacking ?? []) probot.log.warn(warning);

  const app = new Hono();
  app.get("/healthz", (context) => context.json({ ok: true }));
  app.route(
    "/",
    webhookEdge({
      verify: (body, signature) => probot.webhooks.verify(body, signature),
      accept({ id, name, payload }) {
        // Answered already: what goes wrong from here on is for the log, not for GitHub.
        const event = { id, name, payload } as Parameters<Probot["receive"]>[0];
        probot.receive(event).catch((error) => probot.log.error(error));
      },
    }),
  );
  const listener = await listen(app.fetch, config);
  opened.push(() => listener.close());
  const smee = await openWebhookProxy(config.webhookProxy, listener.url);
  probot.log.info(`Listening on ${listener.url}`);
  return {
    url: listener.url,
    boxService,
    async close(because) {
      await smee?.stop();
      await listener.close();
      await jobs.close(because);
      await engine?.close();
    },
  };
}

async function openBoxService(
  config: AppConfig,
  onError: (error: unknown) => void,
): Promise<{ boxService: BoxService; engine: ServedEngine | null }> {
  if (config.boxService !== null) return { boxService: config.boxService, engine: null };
  const apiKey = randomBytes(32).toString("base64url");
  const engine = await serveEngine({
    data: join(config.data, "engine"),
    apiKey,
    allowedHosts: config.gitHost === null ? [] : [config.gitHost],
    onError,
  });
  const boxService = { baseUrl: engine.url, apiKey };
  // Jobs live in memory: boxes that an earlier process left behind belong to none.
  await deleteAllBoxes(boxService);
  return { boxService, engine };
}

async function openWebhookProxy(source: string | null, url: string): Promise<SmeeClient | null> {
  if (source === null) return null;
  const smee = new SmeeClient({ source, target: `${url}/api/github/webhooks` });
  await smee.start();
  return smee;
}
