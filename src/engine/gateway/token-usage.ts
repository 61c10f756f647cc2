/** What calls to models have used, in tokens. */
export interface TokenUsage {
  /** All that was sent, also what came out of the provider's cache or went into it. */
  input: number;
  /** The part of `input` that came out of the cache. */
  cachedInput: number;
  /** The part of `input` that was written into the cache. */
  cacheWrite: number;
  /** All that was answered, also what the model thought. */
  output: number;
}

export const NO_USAGE: TokenUsage = { input: 0, cachedInput: 0, cacheWrite: 0, output: 0 };

/** The sum of two. */
export function addUsage(a: TokenUsage, b: TokenUsage): TokenUsage {
  return {
    input: a.input + b.input,
    cachedInput: a.cachedInput + b.cachedInput,
    cacheWrite: a.cacheWrite + b.cacheWrite,
    output: a.output + b.output,
  };
}
