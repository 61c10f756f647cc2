import { Hono } from "hono";
import type { World } from "../world.ts";

/** The pages for people. */
export function createWeb(_world: World): Hono {
  return new Hono();
}
