import { setTimeout } from "node:timers/promises";
import { it } from "vitest";
import { SURVIVE_LIMIT_MS, survive } from "./survive.ts";

it(
  "GitHub is down for some seconds: jobs at every moment of every step end as if nothing had been",
  { timeout: SURVIVE_LIMIT_MS },
  () =>
    survive(async (world, held) => {
      world.github.setOutage("cut");
      for (const { cut } of held) cut();
      await setTimeout(2_000);
      world.github.setOutage("503");
      await setTimeout(2_000);
      world.github.setOutage(null);
    }),
);
