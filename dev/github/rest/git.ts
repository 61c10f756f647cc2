import type { Route } from "./route.ts";

export const gitRoutes: Route[] = [];
