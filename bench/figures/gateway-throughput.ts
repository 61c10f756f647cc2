import type { Figure } from "../figure.ts";
import { percentile } from "../percentile.ts";
import { gatewayWorld } from "../support/gateway-world.ts";

const MEGABYTES = 256;
/** What passes must not be kept. */
const GROWTH_LIMIT_MEGABYTES = 96;

/** How fast an answer passes the gateway. */
export const gatewayThroughput: Figure = {
  name: "gateway-throughput",
  unit: "MB/s",
  bar: 100,
  good: "at least",
  baseline: `none: the p50 of a streamed answer of ${MEGABYTES} MB on its way from the model through the gateway to a program in a box, three processes and boxd; the gateway's process must not grow by more than ${GROWTH_LIMIT_MEGABYTES} MB meanwhile. Beside it what the same program reads without gateway and box`,
  samples: 5,
  async measure(samples) {
    await using world = await gatewayWorld({ turns: [{ bytes: MEGABYTES * 1e6 }] });
    await world.throughGateway(1);
    const before = process.memoryUsage.rss();
    const rates: number[] = [];
    const direct: number[] = [];
    for (let round = 0; round < samples; round++) {
      const rate = (answers: Array<{ bytes: number; all: number }>) =>
        answers.map(({ bytes, all }) => bytes / 1e3 / all);
      rates.push(...rate(await world.throughGateway(1)));
      direct.push(...rate(await world.direct(1)));
    }
    const growthMegabytes = (process.memoryUsage.rss() - before) / 1e6;
    if (growthMegabytes > GROWTH_LIMIT_MEGABYTES) {
      throw new Error(`The gateway grew by ${Math.round(growthMegabytes)} MB while it passed.`);
    }
    return {
      value: percentile(rates, 50),
      details: { directMegabytesPerSecond: percentile(direct, 50), growthMegabytes, samples },
    };
  },
};
