import { Box } from "../../src/box/index.ts";
import { descendants } from "../../test/support/descendants.ts";
import type { Figure } from "../figure.ts";
import { percentile } from "../percentile.ts";
import { engineProcess } from "../support/engine-process.ts";
import { type Memory, memoryOf } from "../support/memory-of.ts";
import { timed } from "../timed.ts";

const BOXES = 100;
/** As many as are made at once; one after another would take no less memory, only longer. */
const AT_ONCE = 4;
/** The lists that do not count: the engine compiles meanwhile. */
const WARM_UP = 20;

/** What boxes cost that nobody uses, and whether an engine that has many still answers at once. */
export const idleBoxes: Figure = {
  name: "idle-boxes",
  unit: "ms",
  bar: 10,
  good: "at most",
  baseline: `none: the p50 of Box.list over HTTP with ${BOXES} idle boxes, engine in a process of its own; the details have the memory of a box (PSS, its share of what is shared counted): what the engine's process grew by, and what the box's own processes take`,
  samples: 200,
  async measure(samples) {
    await using engine = await engineProcess();
    const list = () => Box.list(engine.connection);
    // What a first box brings with it is no other box's, and neither is the sandbox in reserve.
    const first = await Box.create(engine.connection);
    await first.exec.command("true");
    await first.delete();
    const before = await look(engine.pid);
    const boxes = await makeBoxes(engine.connection);
    const after = await look(engine.pid);

    const times: number[] = [];
    for (let round = -WARM_UP; round < samples; round++) {
      const milliseconds = await timed(list);
      if (round >= 0) times.push(milliseconds);
    }
    const listed = (await list()).length;
    if (listed !== BOXES) throw new Error(`${listed} boxes are listed of ${BOXES}.`);
    await Box.delete({ ...engine.connection, boxIds: boxes.map(({ id }) => id) });
    const each = (value: (seen: Seen) => number) =>
      Math.max(0, value(after) - value(before)) / BOXES;
    return {
      value: percentile(times, 50),
      details: {
        p95Milliseconds: percentile(times, 95),
        megabytesEach: each(({ engine, below }) => engine.pss + below.pss) / 1e6,
        engineGrowthMegabytesEach: each((seen) => seen.engine.pss) / 1e6,
        processesMegabytesEach: each(({ below }) => below.pss) / 1e6,
        processesRssMegabytesEach: each(({ below }) => below.rss) / 1e6,
        processesEach: each(({ processes }) => processes),
        samples,
      },
    };
  },
};

/** The engine's process, and all those that it has started: bwrap, boxd, slirp4netns. */
interface Seen {
  engine: Memory;
  below: Memory;
  processes: number;
}

async function look(pid: number): Promise<Seen> {
  const below = await descendants(pid);
  return {
    engine: await memoryOf([pid]),
    below: await memoryOf(below),
    processes: below.length,
  };
}

async function makeBoxes(connection: { baseUrl: string; apiKey: string }): Promise<Box[]> {
  const boxes: Box[] = [];
  while (boxes.length < BOXES) {
    const batch = Array.from({ length: AT_ONCE }, () => Box.create(connection));
    boxes.push(...(await Promise.all(batch)));
  }
  return boxes;
}
