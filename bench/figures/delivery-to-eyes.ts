import type { Figure } from "../figure.ts";
import { ratio } from "../ratio.ts";
import { measureDeliveries } from "../support/measure-deliveries.ts";

/** How much longer the 👀 takes than a robot that does nothing but that. */
export const deliveryToEyes: Figure = {
  name: "delivery-to-eyes",
  unit: "ratio",
  // Informational: no issue sets a bar. Two questions (permission, pull request) come before the 👀.
  bar: 3,
  good: "at most",
  baseline:
    "from the webhook's POST to the reaction that can be read on the development GitHub: the App, which asks for the requester's permission and the pull request first, against a bare Probot handler that only reacts. Each delivery is the first of a fresh installation, on both sides: Probot's client makes one write a second for an installation (informational)",
  samples: 50,
  measure: async (samples) => ratio(await measureDeliveries(samples)),
};
