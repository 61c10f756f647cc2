import { Agent } from "./agent-name.ts";
import type { HarnessOptions } from "./harness-options.ts";

type Settings = HarnessOptions | null | undefined;

/** Settings as the harness takes them: Codex's are in snake case, `model_reasoning_effort`. */
export function agentSettings(harness: string | undefined, settings: Settings): Settings {
  if (!settings || harness !== Agent.Codex) return settings;
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  );
}
