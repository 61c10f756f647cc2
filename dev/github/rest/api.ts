import { type Context, Hono } from "hono";
import { type Caller, canSee, hasRole, holds, reaches } from "../access.ts";
import { authenticate } from "../auth.ts";
import { serveGraphQl } from "../graphql/graphql.ts";
import type { ContractCheck } from "../openapi/check.ts";
import type { Role, TokenRecord } from "../store/records.ts";
import type { World } from "../world.ts";
import { forbidden, HttpError, notFound, unauthorized } from "./errors.ts";
import type { InjectedFailures } from "./injected-failures.ts";
import type { RateLimits } from "./rate-limits.ts";
import { readBody } from "./read-body.ts";
import type { RequestLog } from "./request-log.ts";
import { type Answer, Call, type Needs, type Route } from "./route.ts";
import { routes } from "./routes.ts";

export interface ApiParts {
  world: World;
  failures: InjectedFailures;
  limits: RateLimits;
  requests: RequestLog;
  contract: ContractCheck;
}

/** The REST API, at `/api/v3` as on GitHub Enterprise Server and at the root as on github.com. */
export function createApi(parts: ApiParts): Hono {
  const rest = new Hono();
  for (const route of routes) {
    const [method = "", path = ""] = route.operation.split(" ");
    rest.on(method, honoPaths(path), (context) => serve(parts, route, context));
  }
  const api = new Hono();
  // Octokit finds it beside `/api/v3`, as on GitHub Enterprise Server, or at the root.
  api.post("/api/graphql", (context) => serveGraphQl(parts, context));
  api.post("/graphql", (context) => serveGraphQl(parts, context));
  api.get("/logs/:repository/:run", (context) => {
    const { repository, run } = context.req.param();
    const log = parts.world.store
      .repositoryById(Number(repository))
      ?.checkRuns.get(Number(run))?.log;
    return log === undefined ? context.notFound() : context.text(log);
  });
  api.route("/api/v3", rest);
  api.route("/", rest);
  api.notFound((context) => serve(parts, undefined, context));
  return api;
}

/** These hold slashes, encoded by Octokit and bare from others. */
const LONG_PARAMETERS = new Set(["ref", "path", "basehead", "branch"]);

function honoPaths(template: string): string[] {
  const pattern = template.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    LONG_PARAMETERS.has(name) ? `:${name}{.+}` : `:${name}`,
  );
  // The root folder's contents are asked for with an empty path, with a slash before it or not.
  const root = "/:path{.+}";
  if (!pattern.endsWith(root)) return [pattern];
  return [pattern, pattern.slice(0, -root.length), `${pattern.slice(0, -root.length)}/`];
}

async function serve(
  parts: ApiParts,
  route: Route | undefined,
  context: Context,
): Promise<Response> {
  const { world, requests, limits, contract } = parts;
  const started = performance.now();
  const request = context.req.raw;
  const path = context.req.path.replace(/^\/api\/v3/, "");
  let caller: Caller = { kind: "anonymous" };
  let answer: Answer;
  try {
    const failure = parts.failures.take(request.method, path);
    if (failure) throw new HttpError(failure.status, failure.body, failure.headers);
    caller = authenticate(world, request.headers.get("authorization"));
    if (!route) throw notFound();
    limits.check(caller, request.method, path);
    const params = context.req.param() as Record<string, string>;
    admit(world, caller, route.needs, params);
    const body = await readBody(request);
    const call = new Call(world, caller, request, params, body);
    contract.request(route.operation, call);
    answer = await route.handle(call);
    contract.response(route.operation, answer);
  } catch (error) {
    answer = errorAnswer(error);
    if (route && error instanceof HttpError) contract.errorResponse(route.operation, answer);
  }
  requests.add({
    method: request.method,
    path,
    query: new URL(request.url).search,
    operation: route?.operation ?? null,
    actor: nameOf(caller),
    status: answer.status,
    duration: performance.now() - started,
  });
  return response(answer, limits.headers(caller));
}

function admit(world: World, caller: Caller, needs: Needs, params: Record<string, string>): void {
  if (needs === "anything") return;
  if (needs === "app") {
    if (caller.kind === "app") return;
    throw unauthorized("A JSON web token could not be decoded");
  }
  if (caller.kind === "app") {
    throw forbidden("Resource not accessible by integration");
  }
  if (needs === "token") {
    if (caller.kind === "token") return;
    throw unauthorized("Requires authentication");
  }
  const repository = world.store.repository(`${params.owner}/${params.repo}`);
  if (!repository || !canSee(world, caller, repository)) throw notFound();
  const { role } = needs;
  // What is no pull request is out of reach for a token with `pull_requests` alone.
  const pull = repository.issues.get(Number(params.issue_number))?.pull;
  const permissions = needs.permissions.filter(
    (one) => !params.issue_number || pull || !one.startsWith("pull_requests"),
  );
  const reads = !permissions.some((one) => one.endsWith(":write"));
  if (caller.kind === "anonymous") {
    if (reads && role === "read") return;
    throw unauthorized("Requires authentication");
  }
  const { token } = caller;
  if (token.kind === "user") {
    if (hasRole(repository, token.user, role)) return;
    throw forbidden(REFUSALS[role] ?? "Must have admin rights to Repository.");
  }
  // What is public an App may read outside its installation too, but only there.
  const outside = !reaches(world, token, repository);
  if (outside && reads && !repository.private) return;
  if (outside || !mayDo(token, permissions, reads)) {
    throw forbidden("Resource not accessible by integration");
  }
}

const REFUSALS: Partial<Record<Role, string>> = {
  write: "Must have push access to repository",
  triage: "Must have triage access to repository",
};

function mayDo(token: TokenRecord, permissions: string[], reads: boolean): boolean {
  return holds(token, permissions) || (reads && permissions.length === 0);
}

function errorAnswer(error: unknown): Answer {
  if (error instanceof HttpError) {
    return { status: error.status, body: error.body, headers: error.headers };
  }
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { status: 500, body: { message: `Server Error: ${detail}` } };
}

function nameOf(caller: Caller): string | null {
  if (caller.kind === "anonymous") return null;
  return caller.kind === "app" ? caller.app.slug : caller.token.user.login;
}

function response(answer: Answer, limits: Record<string, string>): Response {
  const headers = new Headers({
    "content-type": "application/json; charset=utf-8",
    "x-github-media-type": "github.v3; format=json",
    "x-github-request-id": crypto.randomUUID(),
    ...limits,
    ...answer.headers,
  });
  const { status, body } = answer;
  if (status === 204 || status === 304) return new Response(null, { status, headers });
  const raw = typeof body === "string" || body instanceof Uint8Array;
  return new Response(raw ? (body as string) : JSON.stringify(body), { status, headers });
}
