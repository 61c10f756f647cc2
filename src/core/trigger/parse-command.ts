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
 * Reads a comment. `null` means that it is not for us: only `/box` at the very start of the first
 * line (at most three spaces before it), followed by white space or the end, is a command.
 *
 * A `run` command is taken as it is seen, never cleaned up further; prompts are sanitised.
 *
 * @example
 * parseCommand("/box run `npm test`");
 * // { command: { verb: "run", command: "npm test" }, commandLine: "/box run `npm test`" }
 */
export function parseCommand(body: string): ParsedCommand | null {
  const visible = stripInvisible(body);
  const lines = splitLines(stripHtmlComments(visible));
  const match = COMMAND_LINE.exec(lines[0] ?? "");
  if (!match) return null;
  const commandLine = shorten(lines[0]?.trim() ?? "");
  const rawFirstLine = splitLines(visible)[0] ?? "";
  return { ...read(match[1]?.trim() ?? "", lines.slice(1), rawFirstLine), commandLine };
}

// Four spaces would be a code block (CommonMark 0.31 §4.4).
const COMMAND_LINE = /^ {0,3}\/box(?:\s+(.*))?$/i;

// Words that will be commands of their own: a comment that says only this means the command, and
// must not start an agent on the prompt "retry".
const RESERVED = new Set(["approve", "continue", "plan", "review", "stop"]);

const COMMAND_LINE_SHOWN = 200;

/** Options stand before the command's word, behind it, or at the end of the line. */
function read(
  text: string,
  furtherLines: string[],
  rawFirstLine: string,
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
  if (isRun && hasOptions && rawFirstLine.includes("<!--"))
    return { command: help(HIDDEN), options };
  return { command: readCommand(rest, furtherLines, hasOptions ? null : rawFirstLine), options };
}

/** @param rawFirstLine with the comments that GitHub hides; null: there are none in it */
function readCommand(rest: string, furtherLines: string[], rawFirstLine: string | null): Command {
  if (furtherLines.length > 0 && hasCommandLine(furtherLines)) {
    return help("one comment can hold one command: write the second `/box` in its own comment");
  }
  const [verb = "", argument = ""] = splitFirstWord(rest);
  const further = furtherLines.join("\n").trimEnd();
  const isAlone = argument === "" && further === "";
  switch (verb.toLowerCase()) {
    case "run":
      return readRun(argument, rawFirstLine);
    case "fix":
      return readFix(join(argument, further));
    case "ask":
      return readAsk(join(argument, further));
    // With more behind it, it is a task: "cancel the running animation".
    case "cancel":
    case "retry":
    case "status":
      if (isAlone) return { verb: verb.toLowerCase() as "cancel" | "retry" | "status" };
      break;
    case "":
      return further === "" ? help() : help("write what to do on the same line as `/box`");
    case "help":
      if (argument === "" || VERBS.has(argument.toLowerCase())) return help();
      break;
  }
  if (RESERVED.has(rest.toLowerCase()) && further === "") {
    return help(`\`/box ${rest.toLowerCase()}\` is not a command here yet`);
  }
  const prompt = sanitise(join(rest, further)).trim();
  if (prompt.length > MAXIMUM_PROMPT_LENGTH) return help(TOO_LONG_PROMPT);
  return prompt === "" ? help() : { verb: "prompt", prompt };
}

const VERBS = new Set(["run", "fix", "ask", "cancel", "retry", "status", "help"]);
const TOO_LONG_PROMPT = `a prompt can have ${MAXIMUM_PROMPT_LENGTH} characters: put the rest into a file or an issue and name it`;

function readRun(argument: string, rawFirstLine: string | null): Command {
  const rawArgument =
    rawFirstLine === null ? argument : (RAW_RUN.exec(rawFirstLine)?.[1]?.trim() ?? "");
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
const RAW_RUN = /^ {0,3}\/box\s+run\s+(.*)$/i;

function readFix(text: string): Command {
  const what = sanitise(text).trim();
  if (what === "") return help("say what to fix: `/box fix the failing test`");
  if (what.length > MAXIMUM_PROMPT_LENGTH) return help(TOO_LONG_PROMPT);
  return { verb: "fix", what };
}

function readAsk(text: string): Command {
  const question = sanitise(text).trim();
  if (question === "") return help("ask something: `/box ask where the tests are`");
  return question.length > MAXIMUM_PROMPT_LENGTH
    ? help(TOO_LONG_PROMPT)
    : { verb: "ask", question };
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
function hasCommandLine(lines: string[]): boolean {
  let fence = "";
  for (const line of lines) {
    const marker = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1] ?? "";
    if (fence !== "") {
      if (marker.startsWith(fence)) fence = "";
    } else if (marker !== "") {
      fence = marker;
    } else if (COMMAND_LINE.test(line)) {
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
