import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { Probot } from "probot";
import SmeeClient from "smee-client";
import { type BoxService, boxesOf } from "../core/box-service.ts";
import type { CarriedOut } from "../core/carry-out.ts";
import type { JobEvent } from "../core/events.ts";
import type { Job } from "../core/job.ts";
import type { Request } from "../core/request.ts";
import { type ServedEngine, serveEngine } from "../engine/serve-engine.ts";
import { listen } from "../host/listen.ts";
import { AppMention } from "./app-mention.ts";
import { appRoutes } from "./app-routes.ts";
import { Janitor } from "./clean-up/janitor.ts";
import { prune } from "./clean-up/prune.ts";
import { sweepBoxes } from "./clean-up/sweep-boxes.ts";
import { sweepSnapshots } from "./clean-up/sweep-snapshots.ts";
import type { AppConfig } from "./config.ts";
import { deliveryHandler, triage } from "./deliveries/delivery-handler.ts";
import { DeliveryInbox } from "./deliveries/delivery-inbox.ts";
import { DeliveryWorker } from "./deliveries/delivery-worker.ts";
import { EditBudget } from "./edit-budget.ts";
import { appIdentity, installationGitHub } from "./installation-github.ts";
import { actOnChange } from "./jobs/act-on-change.ts";
import { actOnPress } from "./jobs/act-on-press.ts";
import { cancelJobs } from "./jobs/cancel-jobs.ts";
import { Dispatcher } from "./jobs/dispatcher.ts";
import { enqueueJob } from "./jobs/enqueue-job.ts";
import { threadKey } from "./jobs/job-keys.ts";
import { mayRefuse } from "./jobs/may-refuse.ts";
import { QueueNotices } from "./jobs/queue-notices.ts";
import { snapshotMemory } from "./jobs/snapshot-memory.ts";
import { threadMemory } from "./jobs/thread-memory.ts";
import { threadStatus } from "./jobs/thread-status.ts";
import { AppMetrics } from "./metrics/app-metrics.ts";
import { type GitHubRequest, observedOctokit } from "./metrics/observed-octokit.ts";
import { openStore } from "./store/open-store.ts";

/** An App that listens. */
export interface ServedApp {
  /** Its webhook is at `/api/github/webhooks` below this. */
  url: string;
  /** Where its boxes come from. */
  boxService: BoxService;
  /**
   * Takes no new jobs, lets those that run end within the grace time, hands the others over to the next
   * App on the same store, and says `because` in their comments.
   */
  close(because: string): Promise<void>;
}

export interface AppHooks {
  /** Told of everything that happens in every job. */
  onJobEvent?: (job: Job, event: JobEvent) => void;
  /** Told when a job has ended and its comment says so. */
  onJobDone?: (job: Job, done: CarriedOut) => void;
}

const SWEEP_EVERY_MS = 10 * 60_000;
const PRUNE_EVERY_MS = 60 * 60_000;

/** What has been opened, closed in the opposite order. */
type Opened = Array<() => Promise<unknown>>;

/** Starts the GitHub App: webhooks in, jobs, and an engine where no box service is configured. */
export async function serveApp(config: AppConfig, hooks: AppHooks = {}): Promise<ServedApp> {
  const opened: Opened = [];
  try {
    return await openApp(config, hooks, opened);
  } catch (error) {
    // What is open already would keep a process alive that has nothing to do.
    await closeAll(opened);
    throw error;
  }
}

async function openApp(config: AppConfig, hooks: AppHooks, opened: Opened): Promise<ServedApp> {
  const observers: Array<(request: GitHubRequest) => void> = [];
  const probot = new Probot({
    Octokit: observedOctokit((request) => {
      for (const observe of observers) observe(request);
    }),
    appId: config.appId,
    privateKey: config.privateKey,
    secret: config.webhookSecret,
    baseUrl: config.apiUrl,
    logLevel: config.logLevel,
  });
  await probot.ready();
  const { log } = probot;
  const store = await openStore({
    data: config.data,
    databaseUrl: config.databaseUrl,
    onError: (err) => log.error({ err }, "the store"),
  });
  opened.push(() => store.close());
  const metrics = new AppMetrics(store);
  observers.push((request) => metrics.gitHubRequest(request));
  const { boxService, engine } = await openBoxService(config, (error) => log.error(error));
  if (engine !== null) opened.push(() => engine.close());
  const identity = appIdentity(probot, config.apiUrl);
  const mention = new AppMention(probot, (err) =>
    log.warn({ err }, "the App's name is not known yet"),
  );
  const github = ({ repository }: Pick<Request, "repository">, installationId: number) =>
    installationGitHub({ probot, installationId, repository, identity });
  const jobGitHub = (job: Job, installation: number) => github(job.request, installation);

  const dispatcher = new Dispatcher({
    store,
    room: { total: config.concurrency, perInstallation: config.installationConcurrency },
    agent: config.agent,
    github: jobGitHub,
    boxes: (port) => boxesOf(boxService, port.identity),
    repositories: join(config.data, "repositories"),
    secrets: [boxService.apiKey, config.agent.apiKey ?? ""],
    edits: new EditBudget(),
    keepBoxHours: config.keepBoxHours,
    snapshots: snapshotMemory(store, boxService),
    log,
    onStep: (step, milliseconds) => metrics.step(step, milliseconds),
    onJobDone: hooks.onJobDone,
    onJobEvent(job, event) {
      metrics.jobEvent(event);
      hooks.onJobEvent?.(job, event);
    },
  });
  const notices = new QueueNotices({
    store,
    executor: () => dispatcher.executor,
    github: jobGitHub,
    onError: (job, err) => log.error({ job, err }, "the place in the queue was not shown"),
  });
  const worker = new DeliveryWorker({
    store,
    handle: deliveryHandler({
      github,
      async enqueue(job, installation, delivery) {
        const enqueued = await enqueueJob(store, { job, installation, delivery }, config.daily);
        log.info({ job: job.id, delivery, ...enqueued }, "enqueued");
        // Not waited for: what became of the delivery is known.
        if (enqueued.kind === "queued") void dispatcher.wake().then(() => notices.look(job.id));
        return enqueued;
      },
      async cancel(request) {
        const by = request.requester.login;
        const jobs = await cancelJobs(store, { thread: threadKey(request) }, { by });
        log.info({ jobs, by }, "cancelled");
        void dispatcher.wake();
        return jobs.length;
      },
      memory: threadMemory(store),
      mayRefuse: (request) => mayRefuse(store, request),
      async press(press, installation) {
        const outcome = await actOnPress(store, press, await github(press, installation));
        void dispatcher.wake();
        return outcome;
      },
      async change(change) {
        const outcome = await actOnChange(store, change, boxService);
        void dispatcher.wake();
        return outcome;
      },
      mention: () => mention.slug,
      status: (request) => threadStatus(store, threadKey(request)),
      forbidden: config.forbiddenOptions ?? [],
    }),
    onEvent: (event) => metrics.delivery(event),
    onError: (delivery, err) => log.error({ delivery, err }, "the delivery failed"),
  });
  const inbox = new DeliveryInbox({
    store,
    triage: (delivery) => triage(delivery, mention.slug),
    work: (delivery) => worker.add(delivery),
    onEvent: (event) => metrics.delivery(event),
  });
  const lacking = await engine?.check().catch((error) => log.error(error.message));
  for (const warning of lacking ?? []) log.warn(warning);

  let isStopping = false;
  const routes = appRoutes({
    metrics,
    metricsToken: config.metricsToken,
    notReady: async () => (isStopping ? "the App is being stopped" : notReady(store, dispatcher)),
    webhooks: {
      verify: (body, signature) => probot.webhooks.verify(body, signature),
      accept: (delivery, body) => inbox.accept(delivery, body),
      onError: (err) => log.error({ err }, "a delivery could not be kept"),
    },
  });
  const listener = await listen(routes.fetch, config);
  opened.push(() => listener.close());
  const smee = await openWebhookProxy(config.webhookProxy, listener.url);
  // From here on nothing can fail that would leave these behind.
  await dispatcher.start();
  // Not waited for: GitHub may be down, and the App starts all the same.
  void mention.start();
  worker.start();
  notices.start();
  const janitor = new Janitor((chore, err) => log.error({ err }, `${chore} failed`));
  janitor.start({
    name: "the sweep of boxes and snapshots",
    everyMs: SWEEP_EVERY_MS,
    work: async () => {
      await sweepBoxes(store, boxService, engine !== null);
      await sweepSnapshots(store, boxService, config.retentionDays);
    },
  });
  janitor.start({
    name: "the forgetting of old jobs",
    everyMs: PRUNE_EVERY_MS,
    work: () => prune(store, config.retentionDays),
  });
  log.info(`Listening on ${listener.url}`);
  let closed: Promise<void> | undefined;
  const close = async (because: string) => {
    // First of all, and deliveries are still kept until the end: the next App works on them.
    isStopping = true;
    await smee?.stop();
    mention.stop();
    await Promise.all([
      worker.close(),
      notices.stop(),
      janitor.close(),
      dispatcher.stop(because, config.graceSeconds * 1_000),
    ]);
    await closeAll(opened);
  };
  return {
    url: listener.url,
    boxService,
    close(because) {
      closed ??= close(because);
      return closed;
    },
  };
}

async function closeAll(opened: Opened): Promise<void> {
  for (const close of opened.splice(0).reverse()) await close();
}

async function notReady(store: { check(): Promise<void> }, { holds }: Dispatcher) {
  const isThere = await store.check().then(
    () => true,
    () => false,
  );
  if (!isThere) return "the database does not answer";
  return holds ? null : "the database was out of reach; jobs are taken up again in a moment";
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
    ...config.engine,
    onError,
  });
  return { boxService: { baseUrl: engine.url, apiKey }, engine };
}

async function openWebhookProxy(source: string | null, url: string): Promise<SmeeClient | null> {
  if (source === null) return null;
  const smee = new SmeeClient({ source, target: `${url}/api/github/webhooks` });
  await smee.start();
  return smee;
}
