import { debianPostgres } from "../../test/support/debian-postgres.ts";
import type { Figure } from "../figure.ts";
import { deliveryRate } from "../support/delivery-rate.ts";

/** The same with a server that the operator runs. */
export const deliveriesPerSecondPostgres: Figure = {
  name: "deliveries-per-second-postgres",
  unit: "ratio",
  bar: 0.7,
  good: "at least",
  baseline:
    "as deliveries-per-second, with DATABASE_URL set to a Postgres server of Debian's on this machine that syncs what it writes",
  samples: 20,
  async measure(samples) {
    await using postgres = await debianPostgres({ quick: false });
    // Awaited here: the server goes at the end of this block.
    return await deliveryRate(samples, await postgres.database());
  },
};
