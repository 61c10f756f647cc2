import type { BoxConfig } from "./config/box-config.ts";
import { LABEL_PREFIX } from "./config/box-config.ts";
import type { Command, JobOptions, Request } from "./request.ts";
import { parseCommand } from "./trigger/parse-command.ts";

/** The request with the command that is meant; or nothing is. */
export type Resolved = { request: Request } | { nothing: true };

/** What a label or a new issue asks for, as the configuration says. All else asks for itself. */
export function resolveCommand(request: Request, config: BoxConfig): Resolved {
  const { command } = request;
  if (command.verb === "label") {
    const label = command.label.toLowerCase();
    const [, text] =
      Object.entries(config.labels).find(([name]) => name.toLowerCase() === label) ?? [];
    if (text !== undefined) return meant(request, text);
    // Titles and descriptions are what people see of an issue: the label alone means them.
    return label === LABEL_PREFIX ? meant(request, "") : { nothing: true };
  }
  if (command.verb !== "opened") return { request };
  if (config.auto === false) return { nothing: true };
  return meant(request, config.auto === true ? "" : config.auto);
}

const JOBS: readonly string[] = ["run", "fix", "prompt", "ask", "review", "plan", "continue"];

/** Whether a command asks for work; the others are about work. */
export function isJob({ verb }: Command): boolean {
  return JOBS.includes(verb);
}

/** @param text of the configuration: a command, a prompt, or nothing */
function meant(request: Request, text: string): Resolved {
  const parsed = parseCommand(text);
  const isCommand = parsed !== null && isJob(parsed.command);
  const { command, options }: { command: Command; options: JobOptions } = isCommand
    ? parsed
    : { command: { verb: "prompt", prompt: text.trim() || what(request) }, options: {} };
  return { request: { ...request, command, options } };
}

function what({ thread }: Request): string {
  return `Do what this ${thread.kind === "issue" ? "issue" : "pull request"} asks for: ${thread.title}`;
}
