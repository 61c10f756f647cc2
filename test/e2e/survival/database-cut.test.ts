import { setTimeout } from "node:timers/promises";
import { it } from "vitest";
import { SURVIVE_LIMIT_MS, survive } from "./survive.ts";

it(
  "the connections to the database are cut, again and again: jobs at every moment of every step end as if nothing had been",
  { timeout: SURVIVE_LIMIT_MS },
  () =>
    survive(async (world, held) => {
      for (let cuts = 0; cuts < 20; cuts++) {
        await world.postgres.cutConnections();
        held[cuts]?.release();
        await setTimeout(100);
      }
      for (const { release } of held) release();
    }),
);
