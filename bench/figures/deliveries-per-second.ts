import type { Figure } from "../figure.ts";
import { deliveryRate } from "../support/delivery-rate.ts";

/** What it costs to keep every delivery, with the Postgres that the App brings. */
export const deliveriesPerSecond: Figure = {
  name: "deliveries-per-second",
  unit: "ratio",
  bar: 0.5,
  good: "at least",
  baseline:
    "deliveries per second of the App with its embedded Postgres, each on the disk before it is answered, in those of a bare Probot handler that does nothing; 200 of GitHub's example of a comment at a time over 20 connections, each server a process of its own",
  samples: 20,
  measure: (samples) => deliveryRate(samples),
};
