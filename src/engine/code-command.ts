import type { CodeRequest } from "../box/wire.ts";
import type { Command } from "./command.ts";
import { stripTypes } from "./strip-types.ts";

/** A run's record is for people: the beginning of the code tells which it was. */
const LABEL_CHARACTERS = 1_000;

/**
 * `-` is standard input, which no limit on arguments bounds and where relative imports start at the
 * folder. Node finds out by itself whether it reads a module (Node 20 when asked to); Python holds
 * back what it prints unless it is told not to.
 */
const INTERPRETERS = {
  js: ["node", "--experimental-detect-module", "-"],
  python: ["python3", "-u", "-"],
};

/** Writes what it reads to standard error and fails: code that cannot run fails as code does. */
const FAIL = ["sh", "-c", "cat >&2; exit 1"];

/** The command that runs a piece of code. What is wrong with the code is said by the command. */
export async function codeCommand(request: CodeRequest): Promise<Command> {
  const { code, language, folder, timeout } = request;
  const common = { folder, timeout, label: code.slice(0, LABEL_CHARACTERS) };
  if (language !== "ts") return { argv: INTERPRETERS[language], input: code, ...common };
  const stripped = await stripTypes(code);
  if ("problem" in stripped) return { argv: FAIL, input: `${stripped.problem}\n`, ...common };
  return { argv: INTERPRETERS.js, input: stripped.code, ...common };
}
