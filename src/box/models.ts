/**
 * Names for the models that the harnesses take. Any string is accepted where a model is: these are
 * here for completion.
 *
 * @module
 */

/** Models for {@link Agent.ClaudeCode}. */
export const ClaudeCode = {
  Opus_4_7: "anthropic/claude-opus-4-7",
  Opus_4_5: "anthropic/claude-opus-4-5",
  Opus_4_6: "anthropic/claude-opus-4-6",
  Sonnet_4: "anthropic/claude-sonnet-4",
  Sonnet_4_5: "anthropic/claude-sonnet-4-5",
  Sonnet_4_6: "anthropic/claude-sonnet-4-6",
  Haiku_4_5: "anthropic/claude-haiku-4-5",
} as const;
export type ClaudeCode = (typeof ClaudeCode)[keyof typeof ClaudeCode];

/** Models for {@link Agent.Codex}. */
export const OpenAICodex = {
  GPT_5_4: "openai/gpt-5.4",
  GPT_5_4_Mini: "openai/gpt-5.4-mini",
  GPT_5_3_Codex: "openai/gpt-5.3-codex",
  GPT_5_3_Codex_Spark: "openai/gpt-5.3-codex-spark",
  GPT_5_2_Codex: "openai/gpt-5.2-codex",
  GPT_5_1_Codex_Max: "openai/gpt-5.1-codex-max",
} as const;
export type OpenAICodex = (typeof OpenAICodex)[keyof typeof OpenAICodex];

/** Models through OpenRouter. */
export const OpenRouterModel = {
  Claude_Opus_4_5: "openrouter/anthropic/claude-opus-4-5",
  Claude_Sonnet_4: "openrouter/anthropic/claude-sonnet-4",
  Claude_Haiku_4_5: "openrouter/anthropic/claude-haiku-4-5",
  DeepSeek_R1: "openrouter/deepseek/deepseek-r1",
  Gemini_2_5_Pro: "openrouter/google/gemini-2.5-pro",
  Gemini_2_5_Flash: "openrouter/google/gemini-2.5-flash",
  GPT_4_1: "openrouter/openai/gpt-4.1",
  O3: "openrouter/openai/o3",
  O4_Mini: "openrouter/openai/o4-mini",
} as const;
export type OpenRouterModel = (typeof OpenRouterModel)[keyof typeof OpenRouterModel];
