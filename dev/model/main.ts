import { readFile } from "node:fs/promises";
import { Scenario } from "./scenario.ts";
import { startModel } from "./scripted-model.ts";

const [path] = process.argv.slice(2);
const scenarios = path === undefined ? [] : [JSON.parse(await readFile(path, "utf8"))].flat();
const model = await startModel(scenarios.map((scenario) => Scenario.parse(scenario)));
process.stdout.write(`${JSON.stringify({ url: model.url })}\n`);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void model.close());
