import { setTimeout } from "node:timers/promises";
import { it } from "vitest";
import { SURVIVE_LIMIT_MS, survive } from "./survive.ts";

it(
  "the App is killed and started again: jobs at every moment of every step end as if nothing had been",
  { timeout: SURVIVE_LIMIT_MS },
  () =>
    survive(async (world, held) => {
      await world.killApp();
      // Not all clients have gone with it: a git that it had started lives on.
      await Promise.race([Promise.all(held.map(({ left }) => left)), setTimeout(1_000)]);
      for (const { release } of held) release();
      await world.startApp();
    }),
);
