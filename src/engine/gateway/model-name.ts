import { EngineError } from "../engine-error.ts";

/** A model, and who answers for it. */
export interface ModelName {
  provider: string;
  /** As the provider knows it. */
  model: string;
}

/** What clients of 0.1 call Anthropic's models: `claude/opus_4_6` (box-api §3.1.1). */
const OLD_NAME = /^claude\/([a-z]+)_([0-9_]+)$/;

/** Models that people name without saying whose they are. */
const WELL_KNOWN: ReadonlyArray<[RegExp, string]> = [
  [/^claude-/, "anthropic"],
  [/^(gpt-|o\d)/, "openai"],
];

/**
 * Reads the name that a box has for its model: the provider, a slash, and the provider's own name for
 * the model, which may have slashes too.
 *
 * @example
 * modelName("openrouter/google/gemini-2.5-pro"); // { provider: "openrouter", model: "google/gemini-2.5-pro" }
 *
 * @throws EngineError 400 for a name that does not say whose the model is
 */
export function modelName(name: string): ModelName {
  const [, family, version] = OLD_NAME.exec(name) ?? [];
  if (family !== undefined && version !== undefined) {
    return { provider: "anthropic", model: `claude-${family}-${version.replaceAll("_", "-")}` };
  }
  const slash = name.indexOf("/");
  if (slash > 0 && slash < name.length - 1) {
    return { provider: name.slice(0, slash), model: name.slice(slash + 1) };
  }
  const provider = WELL_KNOWN.find(([pattern]) => pattern.test(name))?.[1];
  if (provider !== undefined) return { provider, model: name };
  throw new EngineError(
    400,
    "invalid_request",
    `model: ${JSON.stringify(name)} does not say whose it is; write provider/model, such as anthropic/claude-sonnet-5.`,
  );
}
