import type { Caller } from "../access.ts";
import type { IssueRecord, RepositoryRecord, Role } from "../store/records.ts";
import type { Actor, World } from "../world.ts";
import { forbidden, notFound, unauthorized, validationFailed } from "./errors.ts";

/** What a caller needs for a route. */
export type Needs =
  | "anything"
  | "app"
  | "token"
  | {
      /** Any of these is enough for a token of an App, such as `issues:write`. */
      permissions: string[];
      /** The least role of a user. */
      role: Role;
    };

export interface Answer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

/** One REST operation, named as in GitHub's OpenAPI description. */
export interface Route {
  operation: string;
  needs: Needs;
  handle(call: Call): Answer | Promise<Answer>;
}

export function route(operation: string, needs: Needs, handle: Route["handle"]): Route {
  return { operation, needs, handle };
}

/** The usual needs: reading takes role `read`, writing takes `write` unless said otherwise. */
export function needs(permission: string | string[], role?: Role): Needs {
  const permissions = [permission].flat();
  const writes = permissions.some((one) => one.endsWith(":write"));
  return { permissions, role: role ?? (writes ? "write" : "read") };
}

/** One request under way, with what its path names. */
export class Call {
  readonly world: World;
  readonly caller: Caller;
  readonly params: Record<string, string>;
  readonly query: URLSearchParams;
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
  readonly url: URL;

  constructor(
    world: World,
    caller: Caller,
    request: Request,
    params: Record<string, string>,
    body: Record<string, unknown>,
  ) {
    this.world = world;
    this.caller = caller;
    this.params = params;
    this.url = new URL(request.url);
    this.query = this.url.searchParams;
    this.headers = request.headers;
    this.body = body;
  }

  /** Who acts; only for routes that anonymous callers do not reach. */
  get actor(): Actor {
    if (this.caller.kind !== "token") throw unauthorized("Requires authentication");
    const { token } = this.caller;
    return {
      user: token.user,
      app: token.installation?.app ?? null,
      quiet: token.kind === "actions",
    };
  }

  get repository(): RepositoryRecord {
    const { owner, repo } = this.params;
    const repository = this.world.store.repository(`${owner}/${repo}`);
    if (!repository) throw notFound();
    return repository;
  }

  /** The issue or pull request that `{issue_number}` names. */
  get issue(): IssueRecord {
    const issue = this.repository.issues.get(Number(this.params.issue_number));
    if (!issue) throw notFound();
    return issue;
  }

  /** The pull request that `{pull_number}` names. */
  get pull(): IssueRecord {
    const issue = this.repository.issues.get(Number(this.params.pull_number));
    if (!issue?.pull) throw notFound();
    return issue;
  }

  param(name: string): string {
    const value = this.params[name];
    if (value === undefined) throw new Error(`The route has no {${name}}`);
    return value;
  }

  /** A string of the request body that must be there. */
  required(field: string, resource: string): string {
    const value = this.body[field];
    if (typeof value === "string") return value;
    throw validationFailed({
      resource,
      field,
      code: value === undefined ? "missing_field" : "invalid",
    });
  }

  text(field: string): string | undefined {
    const value = this.body[field];
    return typeof value === "string" ? value : undefined;
  }

  texts(field: string): string[] | undefined {
    const value = this.body[field];
    return Array.isArray(value) ? value.map(String) : undefined;
  }

  /** Lets only the author or somebody with this role go on. */
  onlyAuthorOr(author: { id: number }, mayOthers: boolean): void {
    if (this.actor.user.id === author.id || mayOthers) return;
    throw forbidden("Must have admin rights to Repository.");
  }
}

export function ok(body: unknown, headers?: Record<string, string>): Answer {
  return headers ? { status: 200, body, headers } : { status: 200, body };
}

export function created(body: unknown): Answer {
  return { status: 201, body };
}

export function noContent(): Answer {
  return { status: 204 };
}
