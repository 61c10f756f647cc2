import { Hono } from "hono";
import { SetAllEnvironmentRequest, SetEnvironmentRequest } from "../../box/wire.ts";
import type { AccountEnvironment } from "../account-environment.ts";
import { readBody } from "./read-request.ts";

/** `/settings/env`: variables for the commands of all boxes. Their values are never told again. */
export function settingsRoutes(environment: AccountEnvironment): Hono {
  const routes = new Hono();
  const masked = () =>
    Object.fromEntries(Object.entries(environment.variables).map(([name]) => [name, MASK]));

  routes.get("/settings/env", (context) => context.json({ env_vars: masked() }));

  routes.put("/settings/env", async (context) => {
    const { env_vars } = await readBody(context, SetAllEnvironmentRequest);
    await environment.replace(env_vars);
    return context.json({ env_vars: masked() });
  });

  routes.put("/settings/env/:key", async (context) => {
    const { value } = await readBody(context, SetEnvironmentRequest);
    await environment.set(context.req.param("key"), value);
    return context.json({ env_vars: masked() });
  });

  routes.delete("/settings/env/:key", async (context) => {
    await environment.delete(context.req.param("key"));
    return context.json({ env_vars: masked() });
  });

  return routes;
}

/** Says nothing of a value, not even how long it is. */
const MASK = "********";
