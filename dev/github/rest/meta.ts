import { ok, type Route, route } from "./route.ts";

export const metaRoutes: Route[] = [
  route("GET /rate_limit", "anything", (call) => {
    const core = {
      limit: 5000,
      used: 0,
      remaining: 5000,
      reset: Math.ceil(call.world.clock.now() / 1000) + 3600,
    };
    return ok({ resources: { core, search: core }, rate: core });
  }),
];
