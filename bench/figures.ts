import type { Figure } from "./figure.ts";
import { boxdStartToExit } from "./figures/boxd-start-to-exit.ts";
import { createToFirstOutput } from "./figures/create-to-first-output.ts";
import { deliveryToEyes } from "./figures/delivery-to-eyes.ts";
import { deliveryToEyesMilliseconds } from "./figures/delivery-to-eyes-milliseconds.ts";
import { execAgainstNsenter } from "./figures/exec-against-nsenter.ts";
import { execAgainstSpawn } from "./figures/exec-against-spawn.ts";
import { jobOwnTime } from "./figures/job-own-time.ts";
import { streamThroughput } from "./figures/stream-throughput.ts";

/** All figures, in the order of the table. A new one is a file in `figures/` and a line here. */
export const FIGURES: readonly Figure[] = [
  createToFirstOutput,
  execAgainstSpawn,
  execAgainstNsenter,
  boxdStartToExit,
  streamThroughput,
  jobOwnTime,
  deliveryToEyes,
  deliveryToEyesMilliseconds,
];
