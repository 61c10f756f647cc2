import { profileJson } from "../json/user.ts";
import { forbidden, notFound } from "./errors.ts";
import { ok, type Route, route } from "./route.ts";

export const userRoutes: Route[] = [
  route("GET /user", "token", (call) => {
    // Only a person's token has a user; GitHub refuses an App's and a workflow's.
    if (call.caller.kind !== "token" || call.caller.token.kind !== "user") {
      throw forbidden("Resource not accessible by integration");
    }
    return ok(profileJson(call.world, call.caller.token.user));
  }),
  route("GET /users/{username}", "anything", (call) => {
    const user = call.world.store.user(call.param("username"));
    if (!user) throw notFound();
    return ok(profileJson(call.world, user));
  }),
];
