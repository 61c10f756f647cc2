import type { RepositoryRecord, Role, TokenRecord, UserRecord } from "./store/records.ts";
import type { World } from "./world.ts";

/** Who stands behind a request. */
export type Caller =
  | { kind: "anonymous" }
  | { kind: "app"; app: import("./store/records.ts").AppRecord }
  | { kind: "token"; token: TokenRecord };

const ROLES: Role[] = ["none", "read", "triage", "write", "maintain", "admin"];
const LEVELS = ["none", "read", "write", "admin"];

/** A user's role, with what comes from owning and from the repository being public. */
export function roleOf(repository: RepositoryRecord, user: UserRecord): Role {
  if (repository.owner.id === user.id) return "admin";
  return repository.roles.get(user.id) ?? (repository.private ? "none" : "read");
}

export function hasRole(repository: RepositoryRecord, user: UserRecord, least: Role): boolean {
  return ROLES.indexOf(roleOf(repository, user)) >= ROLES.indexOf(least);
}

/** GitHub's coarse word for a role, as `permission` of the collaborator route says it. */
export function coarsePermission(role: Role): "admin" | "write" | "read" | "none" {
  if (role === "maintain") return "write";
  return role === "triage" ? "read" : role;
}

/** Whether the repository exists for this caller at all; GitHub says 404 otherwise. */
export function canSee(world: World, caller: Caller, repository: RepositoryRecord): boolean {
  if (!repository.private) return true;
  if (caller.kind !== "token") return false;
  const { token } = caller;
  if (token.kind === "user") return hasRole(repository, token.user, "read");
  return reaches(world, token, repository);
}

/** Whether a token of an App or workflow was made for this repository. */
export function reaches(world: World, token: TokenRecord, repository: RepositoryRecord): boolean {
  if (token.installation && !world.store.covers(token.installation, repository)) return false;
  return token.repositoryIds === null || token.repositoryIds.has(repository.id);
}

/** Whether the token holds one of the permissions, such as `issues:write`. */
export function holds(token: TokenRecord, permissions: string[]): boolean {
  const granted = { metadata: "read", ...(token.permissions ?? token.installation?.permissions) };
  return permissions.some((permission) => {
    const [name = "", level = ""] = permission.split(":");
    const has = (granted as Record<string, string>)[name] ?? "none";
    return LEVELS.indexOf(has) >= LEVELS.indexOf(level);
  });
}

/** `author_association`, in GitHub's words. */
export function association(
  _world: World,
  repository: RepositoryRecord,
  user: UserRecord,
): "OWNER" | "COLLABORATOR" | "CONTRIBUTOR" | "MEMBER" | "NONE" {
  if (repository.owner.id === user.id) return "OWNER";
  const role = repository.roles.get(user.id);
  if (role === undefined || role === "none") return "NONE";
  return repository.owner.type === "Organization" ? "MEMBER" : "COLLABORATOR";
}
