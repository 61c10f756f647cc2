import { parseArgs } from "node:util";
import type { BenchDocument } from "./document.ts";
import { FIGURES } from "./figures.ts";
import { measureFigure } from "./measure-figure.ts";
import { tableLines } from "./table.ts";

const HELP = `Usage: npm run bench -- [options]

Measures what box-action adds to the bare operations below it, as ratios to baselines that are taken
in the same run. Everything happens on this machine, on loopback.

  --only TEXT      measure only figures whose name contains TEXT; may be given several times
  --samples N      take N samples of each side instead of each figure's own number
  --json           print nothing on stdout but one JSON document at the end

The exit code is 0 when every figure was measured, or skipped because this host lacks what its
baseline needs (the reason is shown). A bar that is missed is shown and is no error: times on a busy
machine are for people to judge. It is 1 when measuring failed.
`;

const { values } = parseArgs({
  options: {
    only: { type: "string", multiple: true },
    samples: { type: "string" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});

if (values.help) process.stdout.write(HELP);
else await run();
// Probot's rate limiters keep timers, and so the process, for a minute after the last of them was used.
process.stdout.write("", () => process.exit());

async function run(): Promise<void> {
  const samples = values.samples === undefined ? undefined : Number(values.samples);
  if (samples !== undefined && !(Number.isInteger(samples) && samples > 0)) {
    return fail("--samples takes a whole number above 0.");
  }
  const { only } = values;
  const wanted = FIGURES.filter(({ name }) => only?.some((part) => name.includes(part)) ?? true);
  if (wanted.length === 0) {
    return fail(`No such figure; there are ${FIGURES.map(({ name }) => name).join(", ")}.`);
  }
  const { figures }: BenchDocument = { figures: [] };
  for (const figure of wanted) {
    process.stderr.write(`measuring ${figure.name}\n`);
    const measured = await measureFigure(figure, samples);
    figures.push(measured);
    if (!values.json) process.stdout.write(`${tableLines(measured)}\n`);
  }
  if (values.json) process.stdout.write(`${JSON.stringify({ figures })}\n`);
  if (figures.some(({ error }) => error !== undefined)) process.exitCode = 1;
}

function fail(reason: string): void {
  process.stderr.write(`${reason}\n`);
  process.exitCode = 1;
}
