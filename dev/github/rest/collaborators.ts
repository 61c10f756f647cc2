import { coarsePermission, roleOf } from "../access.ts";
import { rolePermissions } from "../json/repository.ts";
import { userJson } from "../json/user.ts";
import type { UserRecord } from "../store/records.ts";
import { HttpError } from "./errors.ts";
import { paged } from "./page.ts";
import { type Call, needs, noContent, ok, type Route, route } from "./route.ts";

export const collaboratorRoutes: Route[] = [
  route("GET /repos/{owner}/{repo}/collaborators", needs("metadata:read", "write"), (call) => {
    const { repository, world } = call;
    const all = [...world.store.users.values()].filter(
      (user) =>
        user.type === "User" && (user === repository.owner || repository.roles.has(user.id)),
    );
    const { items, headers } = paged(call, all);
    return ok(
      items.map((user) => collaboratorJson(call, user)),
      headers,
    );
  }),
  route(
    "GET /repos/{owner}/{repo}/collaborators/{username}",
    needs("metadata:read", "write"),
    (call) => {
      const user = userOf(call);
      const { owner, roles } = call.repository;
      if (user !== owner && !roles.has(user.id)) throw new HttpError(404, { message: "Not Found" });
      return noContent();
    },
  ),
  route(
    "GET /repos/{owner}/{repo}/collaborators/{username}/permission",
    needs("metadata:read", "write"),
    (call) => {
      const user = userOf(call);
      const role = roleOf(call.repository, user);
      return ok({
        permission: coarsePermission(role),
        role_name: role,
        user: collaboratorJson(call, user),
      });
    },
  ),
];

function userOf(call: Call): UserRecord {
  const login = call.param("username");
  const user = call.world.store.user(login);
  if (!user) throw new HttpError(404, { message: `${login} is not a user` });
  return user;
}

function collaboratorJson(call: Call, user: UserRecord) {
  const role = roleOf(call.repository, user);
  return {
    ...userJson(call.world, user),
    permissions: rolePermissions(role),
    role_name: role,
  };
}
