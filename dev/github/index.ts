import { EventEmitter } from "node:events";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DevGitHub } from "./dev-github.ts";
import { Faults } from "./faults.ts";
import { writeWorkflowsHook } from "./git/http-backend.ts";
import { GitProcesses } from "./git/run-git.ts";
import { ContractCheck } from "./openapi/check.ts";
import { createApi } from "./rest/api.ts";
import { InjectedFailures } from "./rest/injected-failures.ts";
import { RateLimits } from "./rest/rate-limits.ts";
import { RequestLog } from "./rest/request-log.ts";
import { addressOf, listen, serve, stop } from "./server.ts";
import { Store } from "./store/store.ts";
import { createWeb } from "./web/app.ts";
import { Webhooks } from "./webhooks/webhooks.ts";
import type { Clock, World } from "./world.ts";

export type { App, CommentResult, DevGitHub, User } from "./dev-github.ts";
export type { Hold, HoldOptions, Outage } from "./faults.ts";
export type { Files } from "./git/fast-import.ts";
export type { ContractViolation } from "./openapi/check.ts";
export type { RepositoryHandle } from "./repository-handle.ts";
export type { InjectedFailure } from "./rest/injected-failures.ts";
export type { LoggedRequest } from "./rest/request-log.ts";
export type { Permissions, Role } from "./store/records.ts";
export type { Delivery } from "./webhooks/webhooks.ts";
export type { Clock, CommentEvent, DevGitHubEvents } from "./world.ts";

export interface StartGitHubOptions {
  /** @default 0, any free port */
  port?: number;
  /** Where the bare repositories go; it stays after `close()`. @default a fresh folder that `close()` removes */
  folder?: string;
  /** @default Date */
  clock?: Clock;
  /** Content-creating requests that a token may make in a minute. @default 80 */
  contentRequestsAMinute?: number;
}

/**
 * Starts a GitHub on a port of the loopback interface: REST, git over HTTP, webhooks and pages.
 *
 * @example
 * await using github = await startGitHub();
 * const ada = github.createUser({ login: "ada" });
 * const repository = await github.createRepository({
 *   owner: "ada",
 *   name: "engine",
 *   files: { "README.md": "# Engine\n" },
 * });
 * const octokit = new Octokit({ baseUrl: github.apiUrl, auth: ada.token });
 */
export async function startGitHub(options: StartGitHubOptions = {}): Promise<DevGitHub> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), "dev-github-")));
  await mkdir(folder, { recursive: true });
  await writeWorkflowsHook(folder);
  const server = await listen(options.port ?? 0);
  const url = addressOf(server);
  const store = new Store();
  const clock = options.clock ?? Date;
  const processes = new GitProcesses();
  const events: World["events"] = new EventEmitter();
  const base = { store, clock, processes, events, folder, url, apiUrl: `${url}/api/v3` };
  const world = base as World;
  world.webhooks = new Webhooks(world);
  const parts = {
    world,
    failures: new InjectedFailures(),
    limits: new RateLimits(clock, options.contentRequestsAMinute),
    requests: new RequestLog(),
    contract: new ContractCheck(),
  };
  const faults = new Faults();
  serve(server, world, parts.failures, faults, createApi(parts), createWeb(world));
  return new DevGitHub(parts, faults, async () => {
    await stop(server);
    await world.webhooks.close();
    await processes.close();
    if (options.folder === undefined) await rm(folder, { recursive: true, force: true });
  });
}
