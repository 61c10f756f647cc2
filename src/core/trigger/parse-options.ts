import { z } from "zod";
import type { JobOptions } from "../request.ts";

const branch = z.string().regex(/^(?!-)(?!.*\.\.)[^\s~^:?*[\\\p{Cc}]{1,255}$/u);

/** What each option takes, and what it means. */
const OPTIONS: Readonly<Record<string, { shown: string; read: z.ZodType<Partial<JobOptions>> }>> = {
  harness: option(
    "claude-code, codex, opencode or custom",
    (value) =>
      z.enum(["claude-code", "codex", "opencode", "custom"]).safeParse(value).data && {
        harness: value,
      },
  ),
  model: option("a model, such as anthropic/claude-sonnet-5", (value) =>
    /^[\w.:@/-]{1,200}$/.test(value) ? { model: value } : undefined,
  ),
  budget: option("US dollars, such as 2.50", (value) => {
    const budgetUsd = Number(value.replace(/^\$/, ""));
    return budgetUsd > 0 && budgetUsd < 1e6 ? { budgetUsd } : undefined;
  }),
  timeout: option("minutes or hours, such as 30m or 2h", (value) => {
    const [, count = "", unit = "m"] = /^(\d{1,4})(m|h)?$/.exec(value) ?? [];
    const timeoutMinutes = Number(count) * (unit === "h" ? 60 : 1);
    return count !== "" && timeoutMinutes >= 1 && timeoutMinutes <= 360
      ? { timeoutMinutes }
      : undefined;
  }),
  base: option("a branch", (value) =>
    branch.safeParse(value).success ? { base: value } : undefined,
  ),
  size: option("small, medium or large", (value) => {
    const size = z.enum(["small", "medium", "large"]).safeParse(value).data;
    return size && { size };
  }),
  runtime: option("node, python, golang, ruby or rust", (value) =>
    /^(node|python|golang|ruby|rust)$/.test(value) ? { runtime: value } : undefined,
  ),
};
const FLAGS: Readonly<Record<string, Partial<JobOptions>>> = {
  draft: { draft: true },
  "no-verify": { verify: false },
};

/** Options, and what is left of the text without them; or what is wrong with one. */
export type ParsedOptions = { options: JobOptions; rest: string } | { problem: string };

/**
 * Takes options off the beginning of a text, and where `atEnd` also off its end: `--budget 2` or
 * `--budget=2`. What stands in the middle is part of the text.
 */
export function parseOptions(text: string, { atEnd }: { atEnd: boolean }): ParsedOptions {
  let options: JobOptions = {};
  let rest = text;
  for (;;) {
    const found = atBeginning(rest) ?? (atEnd ? atTheEnd(rest) : null);
    if (found === null) return { options, rest };
    const read = readOption(found.name, found.value);
    if ("problem" in read) return read;
    options = { ...options, ...read.options };
    rest = found.rest;
  }
}

interface Found {
  name: string;
  value: string | undefined;
  rest: string;
}

/** Any word that begins like an option is meant as one. */
function atBeginning(text: string): Found | null {
  const [whole, name = "", inline] = /^--([A-Za-z][\w-]*)(?:=(\S*))?(?=\s|$)/.exec(text) ?? [];
  if (whole === undefined) return null;
  const after = text.slice(whole.length).trimStart();
  if (inline !== undefined || Object.hasOwn(FLAGS, name.toLowerCase())) {
    return { name, value: inline, rest: after };
  }
  const [value = ""] = /^\S*/.exec(after) ?? [];
  return {
    name,
    value: value === "" ? undefined : value,
    rest: after.slice(value.length).trimStart(),
  };
}

/** Words of a prompt may look like options; only the known ones are. */
function atTheEnd(text: string): Found | null {
  const names = [...Object.keys(OPTIONS), ...Object.keys(FLAGS)].join("|");
  const pattern = new RegExp(`(?:^|\\s)--(${names})(?:[=\\s]\\s*(?!--)(\\S+))?$`, "i");
  const match = pattern.exec(text);
  if (match === null) return null;
  const [, name = "", value] = match;
  return { name, value, rest: text.slice(0, match.index).trimEnd() };
}

function readOption(
  given: string,
  value: string | undefined,
): { options: Partial<JobOptions> } | { problem: string } {
  const name = given.toLowerCase();
  const flag = Object.hasOwn(FLAGS, name) ? FLAGS[name] : undefined;
  if (flag !== undefined) {
    return value === undefined ? { options: flag } : { problem: `\`--${name}\` takes no value` };
  }
  const known = Object.hasOwn(OPTIONS, name) ? OPTIONS[name] : undefined;
  if (known === undefined)
    return { problem: `\`--${name}\` is no option; there are ${OPTION_NAMES}` };
  const read = known.read.safeParse(value ?? "");
  if (read.success) return { options: read.data };
  return { problem: `\`--${name}\` takes ${known.shown}` };
}

/** All options, for people. */
export const OPTION_NAMES = [...Object.keys(OPTIONS), ...Object.keys(FLAGS)]
  .map((name) => `\`--${name}\``)
  .join(", ");

function option(shown: string, read: (value: string) => Partial<JobOptions> | undefined | false) {
  return {
    shown,
    read: z.string().transform((value, context) => {
      const options = read(value);
      if (options) return options;
      context.addIssue({ code: "custom", message: shown });
      return z.NEVER;
    }),
  };
}
