import type { Figure } from "../figure.ts";
import { percentile } from "../percentile.ts";
import { gatewayWorld } from "../support/gateway-world.ts";

/** Answers that each program asks for in a row; the first ones compile. */
const ROUNDS = 40;
const WARM_UP = 15;

/** What the gateway adds to the time until a model's first word is there. */
export const gatewayFirstByte: Figure = {
  name: "gateway-first-byte",
  unit: "ms",
  bar: 3,
  good: "at most",
  baseline:
    "the p50 of the time to the first byte of a streamed answer, for a program in a box that asks through the gateway, less that of the same program outside that asks the model itself; the model in a process of its own",
  samples: 5,
  async measure(samples) {
    await using world = await gatewayWorld({ turns: [{ text: "hello" }] });
    const through: number[] = [];
    const direct: number[] = [];
    for (let round = 0; round < samples; round++) {
      const settled = (answers: Array<{ first: number }>) =>
        answers.slice(WARM_UP).map(({ first }) => first);
      through.push(...settled(await world.throughGateway(ROUNDS)));
      direct.push(...settled(await world.direct(ROUNDS)));
    }
    const p50Milliseconds = percentile(through, 50);
    const baselineP50Milliseconds = percentile(direct, 50);
    return {
      value: p50Milliseconds - baselineP50Milliseconds,
      details: { p50Milliseconds, baselineP50Milliseconds, samples: through.length },
    };
  },
};
