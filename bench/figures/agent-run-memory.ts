import { startModel } from "../../dev/model/index.ts";
import { Box } from "../../src/box/index.ts";
import type { Figure } from "../figure.ts";
import { engineProcess } from "../support/engine-process.ts";
import { memoryOf } from "../support/memory-of.ts";

const EVENTS = 100_000;
/** So often is looked, in events. */
const EVERY = 5_000;
/** Compiling, buffers and the first collections; what grows with the events comes after. */
const WARM_UP = 10_000;

/** What an engine's memory grows by while an agent says as much as in an hour. */
export const agentRunMemory: Figure = {
  name: "agent-run-memory",
  unit: "MB",
  bar: 48,
  good: "at most",
  baseline: `none: the most that the engine's memory (RSS) is above what it was after ${WARM_UP} events of a run of ${EVENTS}, which the real Claude Code says as fast as it can; the engine in a process of its own, its model a scripted one`,
  samples: 1,
  async measure(samples) {
    await using model = await scripted();
    await using engine = await engineProcess({
      ANTHROPIC_API_KEY: "none",
      ANTHROPIC_BASE_URL: model.url,
    });
    const agent = { harness: "claude-code", model: "anthropic/claude-sonnet-4-5" };
    await using box = await Box.create({ ...engine.connection, agent });
    await box.agent.run({ prompt: "Warm up" });
    model.play({ turns: [{ text: "word ".repeat(EVENTS), pieceCharacters: 5 }] });
    const rss: number[] = [];
    let events = 0;
    const run = await box.agent.stream({ prompt: "Talk" });
    for await (const { type } of run) {
      if (type !== "text-delta") continue;
      events++;
      if (events % EVERY === 0 && events > WARM_UP) {
        rss.push((await memoryOf([engine.pid])).rss / 1e6);
      }
    }
    if (events < EVENTS) throw new Error(`Only ${events} events came.`);
    const [first = 0] = rss;
    const value = Math.max(...rss) - first;
    return {
      value,
      details: { firstMegabytes: first, lastMegabytes: rss.at(-1) ?? 0, events, samples },
    };
  },
};

async function scripted() {
  const model = await startModel();
  return { ...model, [Symbol.asyncDispose]: () => model.close() };
}
