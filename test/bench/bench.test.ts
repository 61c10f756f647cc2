import { execFile } from "node:child_process";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { BenchDocument } from "../../bench/document.ts";
import { FIGURES } from "../../bench/figures.ts";
import { measureFigure } from "../../bench/measure-figure.ts";

const run = promisify(execFile);
const root = resolve(import.meta.dirname, "../..");

function bench(...args: string[]) {
  const main = join(root, "bench", "main.ts");
  return run(process.execPath, ["--import", "tsx", main, ...args], { cwd: root });
}

const FIGURE = {
  name: "example",
  unit: "ratio",
  bar: 2,
  good: "at most",
  baseline: "an example",
  samples: 1,
} as const;

// Times are never asserted on: these tests run on machines that do other things too.
describe("the bench", () => {
  it("prints one JSON document and nothing else on stdout", async () => {
    const { stdout } = await bench("--json", "--only", "exec-against-spawn", "--samples", "3");
    const { figures } = BenchDocument.parse(JSON.parse(stdout));
    expect(figures).toHaveLength(1);
    expect(figures[0]).toMatchObject({ name: "exec-against-spawn", unit: "ratio", bar: 2.5 });
    expect(figures[0]?.value).toBeGreaterThan(0);
    expect(figures[0]?.details?.samples).toBe(3);
  });

  it("refuses a figure that there is not, and names those that there are", async () => {
    const failed = bench("--only", "nonsense").then(
      () => null,
      (error) => error,
    );
    expect(await failed).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(FIGURES[0]?.name ?? "?"),
    });
  });

  it("has a name and a baseline of its own for each figure", () => {
    for (const of of ["name", "baseline"] as const) {
      expect(new Set(FIGURES.map((figure) => figure[of])).size).toBe(FIGURES.length);
    }
  });

  it("holds a value against its bar on the side that is good", async () => {
    const measure = async () => ({ value: 2.004, details: {} });
    expect(await measureFigure({ ...FIGURE, measure })).toMatchObject({ value: 2, ok: true });
    const atLeast = { ...FIGURE, good: "at least", bar: 3, measure } as const;
    expect(await measureFigure(atLeast)).toMatchObject({ ok: false });
  });

  it("says why a figure was not measured instead of making a value up", async () => {
    const skipped = await measureFigure({
      ...FIGURE,
      measure: async () => ({ skipped: "no root" }),
    });
    expect(skipped).toMatchObject({ value: null, ok: null, skipped: "no root" });
    const failed = await measureFigure({
      ...FIGURE,
      measure: () => Promise.reject(new Error("no box")),
    });
    expect(failed).toMatchObject({
      value: null,
      ok: null,
      error: expect.stringContaining("no box"),
    });
    expect(() => BenchDocument.parse({ figures: [skipped, failed] })).not.toThrow();
  });
});
