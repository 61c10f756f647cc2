import type { Route } from "./route.ts";

export const statusRoutes: Route[] = [];
