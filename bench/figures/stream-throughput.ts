import type { Box } from "../../src/box/index.ts";
import { testEngine } from "../../test/support/test-engine.ts";
import type { Figure } from "../figure.ts";
import { percentile } from "../percentile.ts";

const MEGABYTES = 256;
/** Twice what a run moves would be no limit at all; a stream that is buffered anywhere exceeds this. */
const GROWTH_LIMIT_MEGABYTES = 128;

/** How fast a command's output gets to a client that reads it. */
export const streamThroughput: Figure = {
  name: "stream-throughput",
  unit: "MB/s",
  bar: 200,
  good: "at least",
  baseline: `none: the p50 of exec.stream moving ${MEGABYTES} MB of zeros as bytes over HTTP, client and engine in one process, whose memory must not grow by more than ${GROWTH_LIMIT_MEGABYTES} MB meanwhile`,
  samples: 5,
  async measure(samples) {
    await using engine = await testEngine();
    await using box = await engine.box();
    await move(box);
    const rates: number[] = [];
    let growth = 0;
    for (let round = 0; round < samples; round++) {
      const moved = await move(box);
      rates.push(moved.rate);
      growth = Math.max(growth, moved.growth);
    }
    if (growth > GROWTH_LIMIT_MEGABYTES) {
      throw new Error(`The process grew by ${Math.round(growth)} MB while it streamed.`);
    }
    return { value: percentile(rates, 50), details: { growthMegabytes: growth, samples } };
  },
};

async function move(box: Box): Promise<{ rate: number; growth: number }> {
  const before = process.memoryUsage.rss();
  let peak = before;
  let bytes = 0;
  const started = performance.now();
  const command = ["head", "-c", `${MEGABYTES}MB`, "/dev/zero"];
  const run = await box.exec.stream(command, { encoding: "bytes" });
  let measured = 0;
  for await (const chunk of run) {
    if (chunk.type !== "stdout") continue;
    bytes += chunk.data.length;
    if (bytes - measured < 4_000_000) continue;
    measured = bytes;
    peak = Math.max(peak, process.memoryUsage.rss());
  }
  const seconds = (performance.now() - started) / 1000;
  if (bytes !== MEGABYTES * 1e6) throw new Error(`Only ${bytes} bytes arrived.`);
  return { rate: bytes / 1e6 / seconds, growth: (peak - before) / 1e6 };
}
