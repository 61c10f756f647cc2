import { join, resolve } from "node:path";
import { Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { API_KEY_HEADER, API_PREFIX, type CustomRunner, REQUEST_ID_HEADER } from "../box/wire.ts";
import type { RequestHandler, UpgradeHandler } from "../host/listen.ts";
import { AccountEnvironment } from "./account-environment.ts";
import { requirePrograms } from "./agents.ts";
import { allowedMethods } from "./allowed-methods.ts";
import { apiKeyCheck } from "./api-key.ts";
import { asEngineError } from "./as-engine-error.ts";
import { boxdProgram } from "./boxd-program.ts";
import { Boxes } from "./boxes.ts";
import { bubblewrapDriver } from "./driver/bubblewrap/bubblewrap-driver.ts";
import type { Driver } from "./driver/driver.ts";
import { EngineError } from "./engine-error.ts";
import { errorBody } from "./error-body.ts";
import { ExecSessions } from "./exec-session/exec-sessions.ts";
import { Gateway } from "./gateway/gateway.ts";
import { ModelKeys } from "./gateway/model-keys.ts";
import { RepositoryCache } from "./git/repository-cache.ts";
import { HarnessPrograms } from "./harness/install/harness-programs.ts";
import { SkillSource } from "./harness/skill-source.ts";
import { holdBox } from "./hold-box.ts";
import { limitBody } from "./limit-body.ts";
import { openDataFolder } from "./open-data-folder.ts";
import { PreviewHosts } from "./previews/preview-hosts.ts";
import { type Bind, Previews } from "./previews/previews.ts";
import { requestIdOf } from "./request-id.ts";
import { agentRoutes } from "./routes/agent-routes.ts";
import { boxRoutes } from "./routes/box-routes.ts";
import { configRoutes } from "./routes/config-routes.ts";
import { execRoutes } from "./routes/exec-routes.ts";
import { fileRoutes } from "./routes/file-routes.ts";
import { gitRoutes } from "./routes/git-routes.ts";
import { lifecycleRoutes } from "./routes/lifecycle-routes.ts";
import { previewRoutes } from "./routes/preview-routes.ts";
import { referenceRoutes } from "./routes/reference-routes.ts";
import { runRoutes } from "./routes/run-routes.ts";
import { scheduleRoutes } from "./routes/schedule-routes.ts";
import { settingsRoutes } from "./routes/settings-routes.ts";
import { snapshotRoutes } from "./routes/snapshot-routes.ts";
import { transferRoutes } from "./routes/transfer-routes.ts";
import { type StartCron, startCron } from "./schedules/start-cron.ts";
import { SnapshotStore } from "./snapshots/snapshot-store.ts";
import { Snapshots } from "./snapshots/snapshots.ts";
import { upgradeHandler } from "./upgrade.ts";
import { webhookSecret } from "./webhooks/webhook-secret.ts";
import { Webhooks } from "./webhooks/webhooks.ts";

export interface EngineOptions {
  /** Where everything is kept: boxes, repositories. Made when it is not there. */
  data: string;
  /** What clients send as `X-Box-Api-Key`. */
  apiKey: string;
  /**
   * `host[:port]`s that clones and webhooks may reach although they are in a private network, and that
   * may be cloned from by plain http. @default none
   */
  allowedHosts?: readonly string[];
  /**
   * What webhooks are signed with: `whsec_` and base64, or any text. @default derived from the API key,
   * see docs/webhooks.md
   */
  webhookSecret?: string | undefined;
  /**
   * Private networks (CIDRs) and addresses of the host's own that boxes may reach all the same.
   * @default none
   */
  allowedNetworks?: readonly string[] | undefined;
  /** Keep a sandbox started that the next box gets, so that it is there at once. @default true */
  spareSandbox?: boolean;
  /** Milliseconds without activity until a box pauses; 0: never. @default 30 minutes */
  idlePauseMs?: number;
  /**
   * Programs that speak box-sse-v1 and are run in the place of an agent, by the agent's name, such as
   * `claude-code`. @default none
   */
  agentPrograms?: Readonly<Record<string, CustomRunner>>;
  /** Where the programs of agents are installed; engines may share it. @default `<data>/harnesses` */
  harnesses?: string | undefined;
  /** Where the `owner/repository` of a skill is. @default "https://github.com" */
  skillsSite?: string | undefined;
  /**
   * In which the keys of model providers are looked for that are not stored, such as
   * `ANTHROPIC_API_KEY`. @default the process's environment
   */
  modelVariables?: Readonly<Record<string, string | undefined>> | undefined;
  /**
   * The form of public URLs, with a host name whose requests reach the engine's own port, such as
   * `https://{id}-{port}.preview.example.com`. @default a port of its own for each, made by `bind`
   */
  previewUrl?: string | undefined;
  /** Binds a port for a public URL. @default none: they are refused, unless there is a `previewUrl` */
  bind?: Bind;
  /** What schedules go by. @default the system's clock */
  startCron?: StartCron;
  /** @default the bubblewrap driver */
  driver?: Driver;
  /** Told of failures that are the engine's own. @default nobody */
  onError?: (error: unknown) => void;
}

/** The Box REST API v2, served from this host. */
export interface Engine {
  /** The whole API as a function; whoever binds a port hands requests to it. */
  fetch(request: Request): Promise<Response>;
  /** Answers what comes to a box's public URL on the engine's port; to be asked before `fetch` is. */
  request: RequestHandler;
  /** Takes over a connection that asks for another protocol: a WebSocket. */
  upgrade: UpgradeHandler;
  /** All that `fetch` takes, with `:parameters` in the paths. */
  routes: ReadonlyArray<{ method: string; path: string }>;
  /**
   * Says whether boxes can be made here.
   * @returns what they lack on this host, each with the remedy
   * @throws EngineError `sandbox_unavailable` with the reason and the remedy
   */
  check(): Promise<readonly string[]>;
  /** Stops every box and keeps their disks. */
  close(): Promise<void>;
}

/** The service's own on its smallest plan. */
const IDLE_PAUSE_MS = 30 * 60_000;

/** Where people publish skills. */
const SKILLS_SITE = "https://github.com";

/** A file is written in one JSON body; a third of it is base64's own. */
const BODY_LIMIT_BYTES = 192 * 1024 * 1024;

/**
 * Opens an engine on a data folder.
 *
 * @example
 * const engine = await createEngine({ data: "./data", apiKey });
 * serve({ fetch: engine.fetch, port: 8787, hostname: "127.0.0.1" });
 */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const data = resolve(options.data);
  const unlock = await openDataFolder(data);
  try {
    return await openEngine(options, data, unlock);
  } catch (error) {
    await unlock();
    throw error;
  }
}

async function openEngine(
  options: EngineOptions,
  data: string,
  unlock: () => Promise<void>,
): Promise<Engine> {
  const previewHosts = new PreviewHosts(options.previewUrl);
  const driver =
    options.driver ??
    (await bubblewrapDriver({
      data,
      boxdProgram: await boxdProgram(),
      harnesses: harnessFolder(options),
      allowedNetworks: options.allowedNetworks,
    }));
  const programs = new HarnessPrograms(harnessFolder(options));
  await programs.open();
  const gateway = new Gateway();
  const allowedHosts = new Set(options.allowedHosts ?? []);
  const cache = new RepositoryCache(join(data, "repositories"), allowedHosts);
  const skills = new SkillSource(cache, options.skillsSite ?? SKILLS_SITE, allowedHosts);
  const environment = await AccountEnvironment.open(data);
  const webhooks = new Webhooks({
    secret: webhookSecret(options.webhookSecret, options.apiKey),
    allowedHosts,
  });
  const onError = options.onError ?? (() => {});
  const store = await SnapshotStore.open(join(data, "snapshots"), onError);
  const boxes = await Boxes.open({
    driver,
    data,
    idlePauseMs: options.idlePauseMs ?? IDLE_PAUSE_MS,
    spareSandbox: options.spareSandbox ?? true,
    accountEnvironment: () => environment.variables,
    agentPrograms: requirePrograms(options.agentPrograms ?? {}),
    agents: { keys: new ModelKeys(data, options.modelVariables), gateway, programs, skills },
    startCron: options.startCron ?? startCron,
    webhooks,
    onError,
  });
  const snapshots = await Snapshots.open({ boxes, store, driver, data, onError });
  cache.start((error) => options.onError?.(error));

  const requireApiKey = apiKeyCheck(options.apiKey);
  const sessions = new ExecSessions(boxes, requireApiKey);

  const previews = new Previews(boxes, previewHosts, options.bind);

  const api = new Hono();
  api.use(async (context, next) => {
    requireApiKey(context.req.header(API_KEY_HEADER));
    await next();
  });
  api.use(limitBody(BODY_LIMIT_BYTES, tooLarge));
  for (const path of ["/:id/files/*", "/:id/git/*"]) api.use(path, holdBox(boxes));
  for (const routes of [
    settingsRoutes(environment),
    snapshotRoutes(boxes, snapshots),
    boxRoutes(boxes),
    lifecycleRoutes(boxes),
    configRoutes(boxes, driver),
    runRoutes(boxes),
    execRoutes(boxes),
    fileRoutes(boxes),
    transferRoutes(boxes),
    gitRoutes(boxes, cache, allowedHosts),
    agentRoutes(boxes, webhooks),
    scheduleRoutes(boxes),
    previewRoutes(boxes, previews),
  ]) {
    api.route("/", routes);
  }

  const app = new Hono<{ Variables: { requestId: string } }>();
  app.use(async (context, next) => {
    const requestId = requestIdOf(context.req.header(REQUEST_ID_HEADER));
    context.set("requestId", requestId);
    context.header(REQUEST_ID_HEADER, requestId);
    await next();
  });
  app.get("/healthz", (context) => context.json({ ok: true }));
  app.route("/", referenceRoutes());
  app.route(API_PREFIX, api);
  app.notFound((context) => {
    const { method, path } = context.req;
    const allowed = allowedMethods(app, path).join(", ");
    if (allowed === "") throw new EngineError(404, "not_found", noRoute(method, path));
    context.header("allow", allowed);
    const text = `${path} does not take ${method}; it takes ${allowed}.`;
    throw new EngineError(405, "method_not_allowed", text);
  });
  app.onError((thrown, context) => {
    const error = asEngineError(thrown);
    if (error.status === 500 || error.status === 503) options.onError?.(thrown);
    const body = errorBody(error, context.get("requestId"));
    return context.json(body, error.status as ContentfulStatusCode);
  });
  return {
    fetch: async (request) => app.fetch(request),
    // What is for all methods is middleware.
    routes: app.routes.filter(({ method }) => method !== "ALL"),
    request: previews.request,
    upgrade: upgradeHandler([previews.upgrade, sessions.upgrade], (error) =>
      options.onError?.(error),
    ),
    check: () => driver.check(),
    async close() {
      cache.close();
      await webhooks.close();
      await previews.close();
      await boxes.close();
      await snapshots.close();
      await sessions.close();
      gateway.close();
      await unlock();
    },
  };
}

function harnessFolder({ data, harnesses }: EngineOptions): string {
  return resolve(harnesses ?? join(data, "harnesses"));
}

function noRoute(method: string, path: string): string {
  return `There is no ${method} ${path}; GET /openapi.json lists what there is.`;
}

function tooLarge(): never {
  throw new EngineError(
    413,
    "body_too_large",
    `The body is larger than ${BODY_LIMIT_BYTES} bytes; write large files in parts.`,
  );
}
