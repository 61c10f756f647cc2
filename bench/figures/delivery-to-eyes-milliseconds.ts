import type { Figure } from "../figure.ts";
import { ratio } from "../ratio.ts";
import { measureDeliveries } from "../support/measure-deliveries.ts";

/** How long somebody waits for the first sign of life. */
export const deliveryToEyesMilliseconds: Figure = {
  name: "delivery-to-eyes-milliseconds",
  unit: "ms",
  bar: 300,
  good: "at most",
  baseline:
    "none: the p50 from the webhook's POST to the reaction that can be read on the development GitHub, on loopback, for the first write of a fresh installation; see delivery-to-eyes for the ratio",
  samples: 50,
  async measure(samples) {
    const { details } = ratio(await measureDeliveries(samples));
    return { value: details.p50Milliseconds, details };
  },
};
