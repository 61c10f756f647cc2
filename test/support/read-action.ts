import { readFile } from "node:fs/promises";

/** What stands in action.yml, as far as a runner needs it. */
export interface ActionFile {
  inputs: Map<string, { default: string | undefined }>;
  outputs: Map<string, { value: string }>;
  steps: Array<{ id: string | undefined; shell: string; run: string; env: Map<string, string> }>;
}

/**
 * Reads an action.yml of our own simple shape (block mappings, two blanks a level, plain or
 * double-quoted scalars, `>-` for descriptions). Anything else is an error, so that it cannot be read
 * wrongly.
 */
export async function readAction(path: URL | string): Promise<ActionFile> {
  const action: ActionFile = { inputs: new Map(), outputs: new Map(), steps: [] };
  const lines = (await readFile(path, "utf8")).split("\n");
  const at: string[] = [];
  let foldedDeeperThan = Number.POSITIVE_INFINITY;
  for (const line of lines) {
    const indent = line.search(/\S/);
    if (indent < 0 || indent > foldedDeeperThan || line.trim().startsWith("#")) continue;
    foldedDeeperThan = Number.POSITIVE_INFINITY;
    const isItem = line.trim().startsWith("- ");
    const match = /^\s*(?:- )?([\w.-]+):(?:\s+(.*))?$/.exec(line);
    if (match === null)
      throw new Error(`action.yml is not of the shape that is read here: ${line}`);
    const depth = (indent + (isItem ? 2 : 0)) / 2;
    const [, key = "", text] = match;
    at.splice(depth, at.length, key);
    if (isItem && at[1] === "steps") {
      action.steps.push({ id: undefined, shell: "", run: "", env: new Map() });
    }
    if (text === ">-" || text === "|") foldedDeeperThan = indent;
    else take(action, at, scalar(text));
  }
  return action;
}

function take(action: ActionFile, at: readonly string[], value: string | undefined): void {
  const [section, name = "", field] = at;
  if (section === "inputs" && at.length === 2) action.inputs.set(name, { default: undefined });
  if (section === "inputs" && field === "default") action.inputs.set(name, { default: value });
  if (section === "outputs" && field === "value") action.outputs.set(name, { value: value ?? "" });
  const step = action.steps.at(-1);
  if (section !== "runs" || name !== "steps" || step === undefined) return;
  const path = at.slice(3);
  if (path[0] === "env" && path[1] !== undefined) step.env.set(path[1], value ?? "");
  else if (path[0] === "id") step.id = value;
  else if (path[0] === "shell") step.shell = value ?? "";
  else if (path[0] === "run") step.run = value ?? "";
}

function scalar(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  return text.startsWith('"') ? JSON.parse(text) : text;
}
