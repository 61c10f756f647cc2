import type { Route } from "./route.ts";

export const reviewRoutes: Route[] = [];
