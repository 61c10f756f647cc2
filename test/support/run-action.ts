import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, cp, mkdir, mkdtemp, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ActionFile } from "./read-action.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PARTS = [
  "action.yml",
  "native",
  "package.json",
  "package-lock.json",
  "scripts",
  "src",
  "tsconfig.json",
  "tsconfig.build.json",
];

/** A copy of the Action as a runner downloads it; what is installed is shared with this checkout. */
export async function copyAction(to: string): Promise<string> {
  for (const part of PARTS) await cp(join(ROOT, part), join(to, part), { recursive: true });
  await symlink(join(ROOT, "node_modules"), join(to, "node_modules"));
  return to;
}

export interface ActionRun {
  code: number | null;
  log: string;
  outputs: Record<string, string>;
  summary: string;
}

/** What a runner knows when it runs a step. */
export interface RunnerContext {
  /** The Action's own folder. */
  path: string;
  /** A folder for this run. */
  temporary: string;
  event: { name: string; payload: unknown };
  repository: string;
  /** Of the development GitHub. */
  url: string;
  apiUrl: string;
  token: string;
  /** What the workflow wrote below `with:`. */
  inputs?: Record<string, string>;
  env?: Record<string, string>;
  /** Told of the process, for a workflow that is cancelled. */
  onStart?: (child: ChildProcess) => Promise<void>;
}

/** Runs one step of a composite action as a runner would. */
export async function runStep(
  action: ActionFile,
  step: ActionFile["steps"][number],
  context: RunnerContext,
): Promise<ActionRun> {
  const folder = await mkdtemp(join(context.temporary, "step-"));
  // A runner's folders can be passed through, which boxes of a root engine need.
  await chmod(folder, 0o711);
  const file = (name: string) => join(folder, name);
  await mkdir(file("temp"), { mode: 0o711 });
  await writeFile(file("event.json"), JSON.stringify(context.event.payload));
  await writeFile(file("output"), "");
  await writeFile(file("summary"), "");
  await writeFile(file("script.sh"), step.run);
  const stepEnv = [...step.env].map(([name, value]) => [name, evaluate(value, action, context)]);
  const child = spawn("bash", ["--noprofile", "--norc", "-eo", "pipefail", file("script.sh")], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      CI: "true",
      GITHUB_ACTIONS: "true",
      GITHUB_ACTION_PATH: context.path,
      GITHUB_API_URL: context.apiUrl,
      GITHUB_SERVER_URL: context.url,
      GITHUB_EVENT_NAME: context.event.name,
      GITHUB_EVENT_PATH: file("event.json"),
      GITHUB_OUTPUT: file("output"),
      GITHUB_STEP_SUMMARY: file("summary"),
      GITHUB_REPOSITORY: context.repository,
      GITHUB_RUN_ID: "7",
      GITHUB_RUN_ATTEMPT: "1",
      RUNNER_TEMP: file("temp"),
      ...Object.fromEntries(stepEnv),
      ...context.env,
    },
  });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      log += text;
    });
  }
  const closed = once(child, "close");
  await context.onStart?.(child);
  const [code] = await closed;
  return {
    code,
    log,
    outputs: readOutputs(await readFile(file("output"), "utf8")),
    summary: await readFile(file("summary"), "utf8"),
  };
}

/** `${{ inputs.x }}` and `${{ github.token }}` are all that action.yml uses. */
function evaluate(text: string, action: ActionFile, context: RunnerContext): string {
  return text.replace(/\$\{\{ (.+?) \}\}/g, (_whole, expression: string) => {
    if (expression === "github.token") return context.token;
    const name = expression.replace(/^inputs\./, "");
    const input = action.inputs.get(name);
    if (input === undefined) throw new Error(`action.yml uses ${expression}, which is not there`);
    return context.inputs?.[name] ?? evaluate(input.default ?? "", action, context);
  });
}

/** The `name<<delimiter` form that @actions/core writes. */
function readOutputs(text: string): Record<string, string> {
  const found = text.matchAll(/^(.+?)<<(.+)\n([\s\S]*?)\n?\2$/gm);
  return Object.fromEntries([...found].map(([, name = "", , value = ""]) => [name, value]));
}
