import { LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { BoxConfig, CONFIG_PATH } from "./box-config.ts";

/** A configuration, or what is wrong with it and where, as a sentence. */
export type ReadConfig = { config: BoxConfig } | { problem: string };

/**
 * Reads `.github/box.yml`.
 * @param text null: there is none
 */
export function readConfig(text: string | null): ReadConfig {
  const lines = new LineCounter();
  // No custom tags; aliases are few, so that a small file does not become a large one.
  const document = parseDocument(text ?? "", { lineCounter: lines, schema: "core" });
  const [error] = [...document.errors, ...document.warnings];
  if (error !== undefined) {
    const { line } = lines.linePos(error.pos[0]);
    return { problem: `${CONFIG_PATH}, line ${line}: ${firstLine(error.message)}` };
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 20 });
  } catch (cause) {
    return { problem: `${CONFIG_PATH}: ${(cause as Error).message}` };
  }
  const parsed = BoxConfig.safeParse(value ?? {});
  if (parsed.success) return { config: parsed.data };
  const [issue] = parsed.error.issues;
  const path = issue === undefined ? [] : pathOf(issue);
  const node = document.getIn(path, true) as { range?: [number, number, number] } | undefined;
  const line = node?.range === undefined ? 1 : lines.linePos(node.range[0]).line;
  const place = path.length === 0 ? "" : ` ${path.join(".")}:`;
  return { problem: `${CONFIG_PATH}, line ${line}:${place} ${issue?.message ?? "it is wrong"}.` };
}

/** Of an unknown key: the key itself, not what it stands in. */
function pathOf(issue: z.core.$ZodIssue): Array<string | number> {
  const path = issue.path.map((part) => (typeof part === "number" ? part : String(part)));
  return issue.code === "unrecognized_keys" ? [...path, issue.keys[0] ?? ""] : path;
}

function firstLine(message: string): string {
  return message.split("\n")[0] ?? message;
}
