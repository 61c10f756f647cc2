import { HARNESSES } from "../../src/engine/harness/harnesses.ts";
import { CLAUDE_CODE, CODEX, OPENCODE } from "../../test/engine/harness/recorded.ts";
import type { Figure } from "../figure.ts";
import { percentile } from "../percentile.ts";

const RECORDED: Readonly<Record<string, readonly object[]>> = {
  "claude-code": CLAUDE_CODE,
  codex: CODEX,
  opencode: OPENCODE,
};
const LINES = 200_000;
const CHUNK_BYTES = 64 * 1024;

/** How many of a program's lines become events in a second; of the slowest of the three adapters. */
export const adapterEvents: Figure = {
  name: "adapter-events",
  unit: "events/s",
  bar: 200_000,
  good: "at least",
  baseline: `none: lines a second of the slowest adapter over ${LINES} recorded lines of every kind in chunks of ${CHUNK_BYTES} bytes. Beside it JSON.parse of the same lines, which is the most that any adapter can reach`,
  samples: 5,
  async measure(samples) {
    const details: Record<string, number> = { samples };
    for (const [name, recorded] of Object.entries(RECORDED)) {
      const bytes = Buffer.from(
        Array.from(
          { length: LINES },
          (_, at) => `${JSON.stringify(recorded[at % recorded.length])}\n`,
        ).join(""),
      );
      const rates: number[] = [];
      const parse: number[] = [];
      for (let round = 0; round <= samples; round++) {
        rates.push(linesPerSecond(() => adapt(name, bytes)));
        parse.push(linesPerSecond(() => parseAll(bytes)));
      }
      // The first round compiles.
      details[`${name}`] = Math.round(percentile(rates.slice(1), 50));
      details[`${name}JsonParse`] = Math.round(percentile(parse.slice(1), 50));
    }
    const value = Math.min(...Object.keys(RECORDED).map((name) => details[name] ?? 0));
    return { value, details };
  },
};

function adapt(name: string, bytes: Buffer): void {
  let events = 0;
  const parser = HARNESSES.get(name)?.parser(() => events++);
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    parser?.push(bytes.subarray(at, at + CHUNK_BYTES));
  }
  parser?.end(0);
  if (events === 0) throw new Error(`${name} read nothing.`);
}

function parseAll(bytes: Buffer): void {
  for (const line of bytes.toString().split("\n")) if (line !== "") JSON.parse(line);
}

function linesPerSecond(work: () => void): number {
  const began = performance.now();
  work();
  return LINES / ((performance.now() - began) / 1000);
}
