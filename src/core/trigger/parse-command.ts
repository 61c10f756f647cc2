import type { Command, JobOptions } from "../request.ts";
import { stripInvisible } from "../strip-invisible.ts";
import { parseOptions } from "./parse-options.ts";
import { sanitise } from "./sanitise.ts";
import { stripHtmlComments } from "./strip-html-comments.ts";

/** Longest shell command taken from a comment: more belongs into a script in the repository. */
export const MAXIMUM_COMMAND_LENGTH = 4_000;

/** Longest prompt taken from a comment; it leaves room for the thread in the agent's context. */
export const MAXIMUM_PROMPT_LENGTH = 16_000;

/** What a comment asks for, and its first line for people to recognise. */
export interface ParsedCommand {
  command: Command;
  options: JobOptions;
  commandLine: string;
}

/**
 * Reads a comment. `null` means that it is not for us: only `/box` (or `@mention`) at the very start of
 * the first line (at most three spaces before it), followed by white space or the end, is a command.
 *
 * A `run` command is taken as it is seen, never cleaned up further; prompts are sanitised.
 *
 * @example
 * parseCommand("/box run `npm test`");
 * // { command: { verb: "run", command: "npm test" }, commandLine: "/box run `npm test`" }
 */
export function parseCommand(body: string, mention: string | null = null): ParsedCommand | null {
  const isCommand = commandLinePattern(mention);
  const visible = stripInvisible(body);
  const lines = splitLines(stripHtmlComments(visible));
  const match = isCommand.exec(lines[0] ?? "");
  if (!match) return null;
  const commandLine = shorten(lines[0]?.trim() ?? "");
  const further = lines.slice(1);
  if (hasCommandLine(further, isCommand)) return { command: help(ONE), options: {}, commandLine };
  const rawText = isCommand.exec(splitLines(visible)[0] ?? "")?.[1]?.trim() ?? "";
  return { ...read(match[1]?.trim() ?? "", further, rawText), commandLine };
}

const ONE =
  "one at a time: one comment can hold one command, so write the second one in its own comment";

/** Four spaces would be a code block (CommonMark 0.31 §4.4). */
function commandLinePattern(mention: string | null): RegExp {
  // A slug has letters, digits and hyphens; anything else is none of ours.
  const names = mention !== null && /^[\w-]+$/.test(mention) ? `(?:/box|@${mention})` : "/box";
  return new RegExp(`^ {0,3}${names}(?:\\s+(.*))?$`, "i");
}

const COMMAND_LINE_SHOWN = 200;

/** Options stand before the command's word, behind it, or at the end of the line. */
function read(
  text: string,
  furtherLines: string[],
  rawText: string,
): Omit<ParsedCommand, "commandLine"> {
  const leading = parseOptions(text, { atEnd: false });
  if ("problem" in leading) return { command: help(leading.problem), options: {} };
  const [verb = "", behind = ""] = splitFirstWord(leading.rest);
  // A program's own options are at the end of its line.
  const isRun = verb.toLowerCase() === "run";
  const own = parseOptions(isRun || VERBS.has(verb.toLowerCase()) ? behind : leading.rest, {
    atEnd: !isRun,
  });
  if ("problem" in own) return { command: help(own.problem), options: {} };
  const rest = VERBS.has(verb.toLowerCase()) ? `${verb} ${own.rest}`.trim() : own.rest;
  const options = { ...leading.options, ...own.options };
  const hasOptions = Object.keys(options).length > 0;
  if (isRun && hasOptions && rawText.includes("<!--")) return { command: help(HIDDEN), options };
  return { command: readCommand(rest, furtherLines, hasOptions ? null : rawText), options };
}

/** @param rawText with the comments that GitHub hides; null: there are none in it */
function readCommand(rest: string, furtherLines: string[], rawText: string | null): Command {
  const [verb = "", argument = ""] = splitFirstWord(rest);
  const further = furtherLines.join("\n").trimEnd();
  const isAlone = argument === "" && further === "";
  switch (verb.toLowerCase()) {
    case "run":
      return readRun(argument, rawText);
    case "fix":
      return asked(
        join(argument, further),
        "say what to fix: `/box fix the failing test`",
        (what) => ({
          verb: "fix",
          what,
        }),
      );
    case "ask":
      return asked(
        join(argument, further),
        "ask something: `/box ask where the tests are`",
        (question) => ({ verb: "ask", question }),
      );
    case "plan":
      return asked(
        join(argument, further),
        "say what to plan: `/box plan a second cache`",
        (what) => ({ verb: "plan", what }),
      );
    case "continue":
      return asked(
        join(argument, further),
        "say how to go on: `/box continue and add a test`",
        (what) => ({ verb: "continue", what }),
      );
    case "review":
      return asked(join(argument, further), null, (focus) => ({ verb: "review", focus }));
    case "approve":
      // With more behind it, it is a task: "approve empty names in the form".
      if (further === "" && /^[0-9a-f]{0,40}$/i.test(argument)) {
        return { verb: "approve", what: argument.toLowerCase() || null };
      }
      break;
    // With more behind it, it is a task: "cancel the running animation".
    case "cancel":
    case "stop":
      if (isAlone) return { verb: "cancel" };
      break;
    case "retry":
    case "status":
      if (isAlone) return { verb: verb.toLowerCase() as "retry" | "status" };
      break;
    case "":
      return further === "" ? help() : help("write what to do on the same line as `/box`");
    case "help":
      if (argument === "" || VERBS.has(argument.toLowerCase())) return help();
      break;
  }
  const prompt = sanitise(join(rest, further)).trim();
  if (prompt.length > MAXIMUM_PROMPT_LENGTH) return help(TOO_LONG_PROMPT);
  return prompt === "" ? help() : { verb: "prompt", prompt };
}

const VERBS = new Set([
  ...["run", "fix", "ask", "review", "plan", "approve", "continue"],
  ...["cancel", "stop", "retry", "status", "help"],
]);
const TOO_LONG_PROMPT = `a prompt can have ${MAXIMUM_PROMPT_LENGTH} characters: put the rest into a file or an issue and name it`;

function readRun(argument: string, rawText: string | null): Command {
  const rawArgument = rawText === null ? argument : splitFirstWord(rawText)[1].trim();
  // In a code span an HTML comment is visible, so it is part of the command.
  const quoted = codeSpanContent(rawArgument);
  if (quoted === null && rawArgument !== argument) {
    return help(HIDDEN);
  }
  const command = quoted ?? argument;
  if (command === "") return help("write the command on the same line: `/box run npm test`");
  if (command.length > MAXIMUM_COMMAND_LENGTH) {
    return help(
      `a command can have ${MAXIMUM_COMMAND_LENGTH} characters: put it into a script in the repository`,
    );
  }
  return { verb: "run", command };
}

const HIDDEN = "this command has an HTML comment in it, which GitHub hides: put it in backticks";

/** @param empty what is wrong with no words at all; null: nothing */
function asked(text: string, empty: string | null, make: (words: string) => Command): Command {
  const words = sanitise(text).trim();
  if (words === "" && empty !== null) return help(empty);
  return words.length > MAXIMUM_PROMPT_LENGTH ? help(TOO_LONG_PROMPT) : make(words);
}

/** The content of a text that is one code span and nothing else, or null. */
function codeSpanContent(text: string): string | null {
  const fence = /^`+/.exec(text)?.[0] ?? "";
  if (fence === "" || text.length < 2 * fence.length || !text.endsWith(fence)) {
    // Nothing but backticks is an empty code span to whoever typed it.
    return fence === text && fence !== "" ? "" : null;
  }
  const content = text.slice(fence.length, -fence.length);
  const inner = content.match(/`+/g) ?? [];
  return inner.some((run) => run.length === fence.length) ? null : content.trim();
}

/** Whether a later line is a command too; lines inside a fenced code block are quotations. */
function hasCommandLine(lines: string[], isCommand: RegExp): boolean {
  let fence = "";
  for (const line of lines) {
    const marker = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1] ?? "";
    if (fence !== "") {
      if (marker.startsWith(fence)) fence = "";
    } else if (marker !== "") {
      fence = marker;
    } else if (isCommand.test(line)) {
      return true;
    }
  }
  return false;
}

function help(because?: string): Command {
  return because === undefined ? { verb: "help" } : { verb: "help", because };
}

function splitFirstWord(text: string): [string, string] {
  const match = /^(\S*)\s*(.*)$/s.exec(text);
  return [match?.[1] ?? "", match?.[2] ?? ""];
}

function join(first: string, further: string): string {
  return further === "" ? first : `${first}\n${further}`.trim();
}

function splitLines(text: string): string[] {
  return text.split(/\r\n|\n|\r/);
}

function shorten(line: string): string {
  return line.length > COMMAND_LINE_SHOWN ? `${line.slice(0, COMMAND_LINE_SHOWN - 1)}…` : line;
}
