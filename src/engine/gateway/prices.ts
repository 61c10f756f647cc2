/** When these were taken down. */
export const PRICES_AS_OF = "2026-11-24";

/** US dollars for a million tokens. */
export interface Price {
  input: number;
  output: number;
  /** @default as `input` */
  cachedInput?: number;
  /** @default as `input` */
  cacheWrite?: number;
  /** What a call costs whose input is longer than so many tokens. */
  long?: Price & { above: number };
}

const anthropic = (input: number): Price => ({
  input,
  output: input * 5,
  cachedInput: input / 10,
  cacheWrite: input * 1.25,
});
const openai = (input: number, output: number, cachedInput?: number): Price => ({
  input,
  output,
  ...(cachedInput === undefined ? {} : { cachedInput }),
});
const opus55: Price = { input: 4, output: 20, cachedInput: 0.2, cacheWrite: 5 };
const fable51: Price = { input: 10, output: 50, cachedInput: 0.25, cacheWrite: 12.5 };
const gpt55: Price = {
  ...openai(5, 30, 0.5),
  long: { above: 272_000, ...openai(10, 45, 1) },
};
const gpt55Pro: Price = { ...openai(30, 180), long: { above: 272_000, ...openai(60, 270) } };

/**
 * What models cost at those who make them, by name without a provider. Gateways ask the same or little
 * more. Source: models.dev, as OpenCode 1.18.33 carries it.
 */
export const PRICES: Readonly<Record<string, Price>> = {
  "claude-fable-5": anthropic(10),
  "claude-fable-5-1": fable51,
  "claude-opus-5-5": opus55,
  "claude-opus-5": anthropic(5),
  "claude-opus-4-8": anthropic(5),
  "claude-opus-4-7": anthropic(5),
  "claude-opus-4-6": anthropic(5),
  "claude-opus-4-5": anthropic(5),
  "claude-opus-4-1": anthropic(15),
  "claude-opus-4": anthropic(15),
  "claude-sonnet-5": anthropic(2),
  "claude-sonnet-4-6": anthropic(3),
  "claude-sonnet-4-5": anthropic(3),
  "claude-sonnet-4": anthropic(3),
  "claude-haiku-4-5": anthropic(1),
  "gpt-5.6-sol": {
    ...openai(4, 20, 0.4),
    cacheWrite: 5,
    long: { above: 272_000, ...openai(8, 30, 0.8), cacheWrite: 10 },
  },
  "gpt-5.6-terra": { ...openai(2, 12, 0.2), cacheWrite: 2.5 },
  "gpt-5.6-luna": { ...openai(0.2, 1.2, 0.02), cacheWrite: 0.25 },
  "gpt-5.5": gpt55,
  "gpt-5.5-pro": gpt55Pro,
  "gpt-5.4": {
    ...openai(2.5, 15, 0.25),
    long: { above: 272_000, ...openai(5, 22.5, 0.5) },
  },
  "gpt-5.4-mini": openai(0.75, 4.5, 0.075),
  "gpt-5.4-nano": openai(0.2, 1.25, 0.02),
  "gpt-5.4-pro": gpt55Pro,
  "gpt-5.3-codex": openai(1.75, 14, 0.175),
  "gpt-5.3-codex-spark": openai(1.75, 14, 0.175),
  "gpt-5.2": openai(1.75, 14, 0.175),
  "gpt-5.2-codex": openai(1.75, 14, 0.175),
  "gpt-5.2-pro": openai(21, 168),
  "gpt-5.1": openai(1.25, 10, 0.125),
  "gpt-5.1-codex": openai(1.25, 10, 0.125),
  "gpt-5.1-codex-max": openai(1.25, 10, 0.125),
  "gpt-5.1-codex-mini": openai(0.25, 2, 0.025),
  "gpt-5": openai(1.25, 10, 0.125),
  "gpt-5-codex": openai(1.25, 10, 0.125),
  "gpt-5-mini": openai(0.25, 2, 0.025),
  "gpt-5-nano": openai(0.05, 0.4, 0.005),
  "gpt-4.1": openai(2, 8, 0.5),
  "gpt-4.1-mini": openai(0.4, 1.6, 0.1),
  o3: openai(2, 8, 0.5),
  "o4-mini": openai(1.1, 4.4, 0.275),
  "gemini-2.5-pro": {
    ...openai(1.25, 10, 0.125),
    long: { above: 200_000, ...openai(2.5, 15, 0.25) },
  },
  "gemini-2.5-flash": openai(0.3, 2.5, 0.03),
  "gemini-3.1-pro": {
    ...openai(2, 12, 0.2),
    long: { above: 200_000, ...openai(4, 18, 0.4) },
  },
  "gemini-3.1-flash-lite": openai(0.25, 1.5, 0.025),
  "gemini-3.5-flash": openai(1.5, 9, 0.15),
  "grok-4.3": openai(1.25, 2.5, 0.2),
  "grok-4.20-reasoning": openai(1.25, 2.5, 0.2),
  "grok-build-0.1": openai(1, 2, 0.2),
  "deepseek-r1": openai(1.35, 5.4),
  "kimi-k2.5": openai(0.6, 3, 0.1),
  "minimax-m2.7": openai(0.3, 1.2, 0.06),
};
