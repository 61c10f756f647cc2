import type { Route } from "./route.ts";

export const branchRoutes: Route[] = [];
