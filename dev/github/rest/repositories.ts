import { roleOf } from "../access.ts";
import { repositoryJson, rolePermissions } from "../json/repository.ts";
import { needs, ok, type Route, route } from "./route.ts";

export const repositoryRoutes: Route[] = [
  route("GET /repos/{owner}/{repo}", needs("metadata:read"), (call) => {
    const { world, repository, caller } = call;
    const parent = repository.parent && repositoryJson(world, repository.parent);
    const role =
      caller.kind === "token" && caller.token.kind === "user"
        ? roleOf(repository, caller.token.user)
        : undefined;
    return ok({
      ...repositoryJson(world, repository),
      ...(role && { permissions: rolePermissions(role) }),
      ...(parent && { parent, source: parent }),
    });
  }),
];
