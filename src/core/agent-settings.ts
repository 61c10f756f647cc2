import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { AgentSettings } from "./ports.ts";

/** Boxes take no agent without a model. */
const DEFAULT_MODELS: Readonly<Record<string, string>> = {
  "claude-code": "anthropic/claude-sonnet-5",
  codex: "openai/gpt-5.5",
  opencode: "opencode/claude-sonnet-5",
};

/**
 * The agent of an installation, from its configuration. A program of the operator's own is given as a
 * file of this host and put into every box.
 * @throws Error when the file cannot be read
 */
export async function agentSettings(options: {
  harness: string;
  /** @default the middle one of those that the harness is made for */
  model?: string | undefined;
  apiKey?: string | undefined;
  /** A script: `.js`, `.mjs` or `.cjs` runs with node, anything else with sh. */
  program?: string | undefined;
}): Promise<AgentSettings> {
  const { harness, model, apiKey, program } = options;
  if (program === undefined) {
    if (harness === "custom") {
      throw new Error(
        "The harness custom needs a program: set BOX_CUSTOM_HARNESS or custom-harness.",
      );
    }
    const chosen = model ?? DEFAULT_MODELS[harness];
    return {
      harness,
      ...(chosen === undefined ? {} : { model: chosen }),
      ...(apiKey === undefined ? {} : { apiKey }),
    };
  }
  const path = `/home/boxuser/.box-action/${basename(program)}`;
  return {
    harness: "custom",
    model: model ?? "custom",
    custom: {
      command: /\.[cm]?js$/.test(program) ? "node" : "sh",
      args: [path],
      upload: { path, content: await readFile(program, "utf8") },
    },
  };
}
