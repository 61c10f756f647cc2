import { it } from "vitest";
import { SURVIVE_LIMIT_MS, survive } from "./survive.ts";

it(
  "the engine is killed and started again: jobs at every moment of every step end as if nothing had been",
  { timeout: SURVIVE_LIMIT_MS },
  () =>
    survive(async (world, held) => {
      await world.restartEngine();
      for (const { release } of held) release();
    }),
);
